import { describe, expect, test } from '@jest/globals';
import { type Heard, hear as hearing, type Lives } from '../../src/incidents/runs.js';
import type { Run } from '../../src/model/replica.js';

const MINUTE = 60_000;
/** Of images that say nothing of where they come from. */
const hear = (all: readonly Lives[], before: Heard, sinceMs: number, nowMs: number) =>
  hearing(all, before, sinceMs, nowMs, () => undefined);
const NOTHING: Heard = { heard: [], oomKills: 0, restarts: 0 };

/** Lives from a drawing: each char five minutes; `-` lives, `x` OOM-killed at the end of it, `|` ended by itself, `2` … another image. */
function lives(drawn: string, container = 'c'): Run[] {
  const runs: Run[] = [];
  let [image, startedAtMs] = ['api:1', 0];
  [...drawn].forEach((char, i) => {
    const atMs = (i + 1) * 5 * MINUTE;
    const run = { containerId: `${container}${runs.length}`.padEnd(64, '0'), image, startedAtMs };
    if (char === 'x') runs.push({ ...run, endedAtMs: atMs, oomKilled: true, exitCode: 137 });
    if (char === '|') runs.push({ ...run, endedAtMs: atMs, exitCode: 1 });
    if (/\d/.test(char)) {
      runs.push({ ...run, endedAtMs: atMs - 1, exitCode: 0 });
      image = `api:${char}`;
    }
    if (char !== '-') startedAtMs = atMs;
  });
  if (!/[x|]$/.test(drawn)) runs.push({ containerId: `${container}${runs.length}`.padEnd(64, '0'), image, startedAtMs });
  return runs;
}
const told = (drawn: string, before = NOTHING, sinceMs = 0) =>
  hear([{ name: 'api-1', runs: lives(drawn) }], before, sinceMs, drawn.length * 5 * MINUTE);
const words = (drawn: string, before = NOTHING, sinceMs = 0) =>
  told(drawn, before, sinceMs).news.map((one) => ('count' in one ? `${one.kind} ${one.count}` : one.kind));

describe('what happened to the runs', () => {
  test.each([
    ['----', []],
    ['--x', ['oom-kill 1']],
    ['--x--x-', ['oom-kill 1', 'oom-kill 2']],
    ['--|--', ['restart 1']],
    ['--2--', ['deploy']],
    ['-x-2-|-', ['oom-kill 1', 'deploy', 'restart 1']],
  ])('%s', (drawn, expected) => {
    expect(words(drawn)).toEqual(expected);
  });
  test('an end that nothing came after yet is no restart; an OOM kill is told at once, and whether it came back', () => {
    expect(words('--|')).toEqual([]);
    expect(told('--x').news).toMatchObject([{ kind: 'oom-kill', back: false, replica: 'api-1', atMs: 15 * MINUTE }]);
    expect(told('--x-').news).toMatchObject([{ kind: 'oom-kill', back: true }]);
  });
  test('a crash loop is told at its 1st, 2nd, 3rd, 5th, 10th, 20th … turn, and all of it is counted', () => {
    const { news, restarts } = told(`${'|'.repeat(24)}-`);
    expect(news.map((one) => 'count' in one && one.count)).toEqual([1, 2, 3, 5, 10, 20]);
    expect(restarts).toBe(24);
  });
  test('each once: what was heard is not told again', () => {
    const first = told('--x-');
    expect(words('--x-', first)).toEqual([]);
    expect(words('--x--x-', first)).toEqual(['oom-kill 2']);
  });
  test('what was before the incident is heard and not told', () => {
    const before = told('--x--', NOTHING, 20 * MINUTE);
    expect(before.news).toEqual([]);
    expect(before.oomKills).toBe(0);
    expect(words('--x--', before, 20 * MINUTE)).toEqual([]);
  });
  test('a service that is killed hundreds of times is counted once: all that is listed is remembered', () => {
    const fleet = Array.from({ length: 20 }, (_, i) => ({ name: `api-${i}`, runs: lives('x'.repeat(49), `c${i}-`) }));
    const first = hear(fleet, NOTHING, 0, 300 * MINUTE);
    expect(first.oomKills).toBe(20 * 49);
    const again = hear(fleet, first, 0, 301 * MINUTE);
    expect(again).toMatchObject({ news: [], oomKills: 20 * 49 });
    // A host that was away, and is back with its list.
    const part = hear(fleet.slice(0, 10), again, 0, 302 * MINUTE);
    expect(hear(fleet, part, 0, 303 * MINUTE)).toMatchObject({ news: [], oomKills: 20 * 49 });
  });
  test('what was over before is not remembered, however much it is; and what is remembered has an end', () => {
    const fleet = Array.from({ length: 300 }, (_, i) => ({ name: `api-${i}`, runs: lives('x'.repeat(49), `c${i}-`) }));
    expect(hear(fleet, NOTHING, 300 * MINUTE, 300 * MINUTE).heard).toEqual([]);
    const all = hear(fleet, NOTHING, 0, 300 * MINUTE);
    expect(all.heard.length).toBeLessThanOrEqual(5_000);
    let before: Heard = all;
    for (const minutes of [301, 302, 303]) {
      const { news, ...again } = hear(fleet, before, 0, minutes * MINUTE);
      expect(news).toEqual([]);
      expect(again).toEqual({ heard: all.heard, oomKills: all.oomKills, restarts: 0 });
      before = again;
    }
  });
  test('an image is deployed once, however many replicas get it', () => {
    const replicas = ['api-1', 'api-2', 'api-3'].map((name, i) => ({ name, runs: lives(`${'-'.repeat(i + 1)}2--`, name) }));
    const { news } = hear(replicas, NOTHING, 0, 60 * MINUTE);
    expect(news).toEqual([{ kind: 'deploy', atMs: 10 * MINUTE, image: 'api:2', previousImage: 'api:1' }]);
  });
  test('a rebuilt tag is another image; the same image under another name is not', () => {
    const run = (image: string, imageId: string, startedAtMs: number): Run => ({
      containerId: `${startedAtMs}`,
      image,
      imageId,
      startedAtMs,
    });
    const kinds = (second: Run) =>
      hear(
        [{ name: 'a', runs: [{ ...run('api:latest', 'sha256:a', 1), endedAtMs: 2, exitCode: 0 }, second] }],
        NOTHING,
        0,
        9,
      ).news.map(({ kind }) => kind);
    expect(kinds(run('api:latest', 'sha256:b', 3))).toEqual(['deploy']);
    expect(kinds(run('registry/api:latest', 'sha256:a', 3))).toEqual(['restart']);
  });
  test('a child that was killed while its container lives is told, each time once', () => {
    const run = (oomKills: number): Run => ({ containerId: 'c', image: 'api:1', startedAtMs: 0, oomKills });
    const first = hear([{ name: 'a', runs: [run(1)] }], NOTHING, 0, MINUTE);
    expect(first.news).toMatchObject([{ kind: 'child-kill', count: 1, back: true }]);
    expect(hear([{ name: 'a', runs: [run(1)] }], first, 0, 2 * MINUTE).news).toEqual([]);
    expect(hear([{ name: 'a', runs: [run(3)] }], first, 0, 2 * MINUTE).news).toMatchObject([{ kind: 'child-kill', count: 3 }]);
  });
  test('in order of time, over all replicas', () => {
    const { news } = hear(
      [
        { name: 'b', runs: lives('---x-', 'b') },
        { name: 'a', runs: lives('-x---', 'a') },
      ],
      NOTHING,
      0,
      60 * MINUTE,
    );
    expect(news.map((one) => 'replica' in one && one.replica)).toEqual(['a', 'b']);
  });
});
