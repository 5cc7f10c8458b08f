import { describe, expect, test } from '@jest/globals';
import { makeLives } from '../../jobs/lives.js';
import type { EngineEvent } from '../../src/model/engine.js';
import type { Replica, Run } from '../../src/model/replica.js';
import { replica } from '../support/fleet.js';

/**
 * What happens and what is looked at, as a line of words with the second before each:
 *
 *     look(1)      a look sees the life that began at second 1, running
 *     look(1-4)    … that ended at second 4, by itself
 *     start oom die    events; die is with exit code 137
 */
function live(line: string): { now: Replica | undefined; ended: Run[] } {
  const lives = makeLives();
  for (const word of line.split(/\s+/)) {
    const [, second, what] = /^(\d+):(.+)$/.exec(word) ?? [];
    const look = /^look\((\d+)(?:-(\d+))?\)$/.exec(what ?? '');
    if (look) lives.seen(seen(Number(look[1]), look[2] ? Number(look[2]) : undefined));
    else lives.heard(event(Number(second), what as EngineEvent['action']));
  }
  return { now: lives.places()[0], ended: lives.ended.map(({ run }) => run) };
}

function seen(from: number, to?: number): Replica {
  const run = { containerId: 'c1', image: 'api:1', startedAtMs: from * 1_000 };
  const over = to === undefined ? {} : { endedAtMs: to * 1_000, exitCode: 0, oomKilled: false };
  return replica('api', 1, { running: to === undefined, run: { ...run, ...over } });
}

function event(second: number, action: EngineEvent['action']): EngineEvent {
  return { containerId: 'c1', action, at: BigInt(second) * 1_000_000_000n, ...(action === 'die' ? { exitCode: 137 } : {}) };
}

const killed = { exitCode: 137, oomKilled: true, oomKills: 1 };

describe('an end', () => {
  test('is heard', () => {
    const { now, ended } = live('1:start 1:look(1) 9:die');
    expect(ended).toEqual([expect.objectContaining({ startedAtMs: 1_000, endedAtMs: 9_000, exitCode: 137, oomKilled: false })]);
    expect(now?.running).toBe(false);
  });

  test('by the kernel, for its memory', () => {
    expect(live('1:start 1:look(1) 9:oom 9:die').ended).toEqual([expect.objectContaining({ endedAtMs: 9_000, ...killed })]);
  });

  test('by the kernel, on a machine without a free core: much later, or told the wrong way round', () => {
    expect(live('1:start 1:look(1) 9:oom 20:die').ended).toEqual([expect.objectContaining({ endedAtMs: 20_000, ...killed })]);
    const { now, ended } = live('1:start 1:look(1) 9:die 10:oom');
    expect(ended.at(-1)).toMatchObject({ endedAtMs: 9_000, ...killed });
    expect(now?.run).toMatchObject(killed);
    expect(live('1:start 1:look(1) 9:die 30:oom').ended).toEqual([expect.objectContaining({ oomKilled: false })]);
  });

  test('long after a child was killed is not the kernel’s doing', () => {
    const { ended } = live('1:look(1) 9:oom 60:die');
    expect(ended).toEqual([expect.objectContaining({ endedAtMs: 60_000, oomKilled: false, oomKills: 1 })]);
  });

  test('before anybody looked is known by the look', () => {
    const { now } = live('1:start 1:oom 2:die 2:look(1-2)');
    expect(now?.run).toMatchObject({ endedAtMs: 2_000, oomKills: 1 });
  });

  test('is not undone by a look that was begun before it', () => {
    const { now, ended } = live('1:look(1) 9:oom 9:die 9:look(1)');
    expect(now).toMatchObject({ running: false, run: { endedAtMs: 9_000, ...killed } });
    expect(ended).toHaveLength(1);
  });

  test('of a life whose place another has taken already', () => {
    const { now, ended } = live('1:look(1) 9:oom 9:die 10:start 10:look(10) 20:oom');
    expect(ended).toEqual([expect.objectContaining({ startedAtMs: 1_000, ...killed })]);
    expect(now).toMatchObject({ running: true, run: { startedAtMs: 10_000, oomKills: 1 } });
    expect(now?.run).not.toHaveProperty('oomKilled');
  });

  test('that is told after a break belongs to the life that it ended', () => {
    const { now, ended } = live('1:look(1) 20:look(10) 9:oom 9:die 10:start');
    expect(ended).toEqual([expect.objectContaining({ startedAtMs: 1_000, endedAtMs: 9_000, ...killed })]);
    expect(now).toMatchObject({ running: true });
    expect(now?.run).not.toHaveProperty('oomKills');
  });

  test('of a life that nobody knows is nobody’s, and its OOM kill too', () => {
    expect(live('20:look(10) 9:oom 9:die 21:look(10)').now?.run).not.toHaveProperty('oomKills');
    expect(live('1:oom 1:die 2:start 2:look(2)').now?.run).not.toHaveProperty('oomKills');
    expect(live('1:look(1-9) 9:oom 10:start 10:look(10)').now?.run).not.toHaveProperty('oomKills');
    expect(live('1:look(1-9) 10:start 11:oom 11:look(10)').now?.run).toMatchObject({ oomKills: 1 });
    expect(live('20:look(10) 9:die').ended).toEqual([]);
    expect(live('9:die').ended).toEqual([]);
  });
});

describe('places', () => {
  const container = (id: string, from: number, running: boolean) =>
    replica('shop/api', 1, { containerName: id, running, run: { containerId: id, image: 'a', startedAtMs: from } });

  test.each([
    ['the one that runs', [container('old', 1, false), container('new', 2, true)], 'new'],
    ['though the other is later', [container('runs', 1, true), container('failed', 2, false)], 'runs'],
    ['else the later one', [container('late', 2, false), container('early', 1, false)], 'late'],
  ])('two containers in one: %s', (_, both, name) => {
    for (const order of [both, [...both].reverse()]) {
      const lives = makeLives();
      for (const one of order) lives.seen(one);
      expect(lives.places().map(({ containerName }) => containerName)).toEqual([name]);
    }
  });

  test('what an earlier agent knew of the life is gone on with; of another life nothing is', () => {
    const lives = makeLives();
    lives.seen(seen(10), { ...seen(10).run, oomKills: 2 });
    lives.heard(event(11, 'oom'));
    expect(lives.run('c1')).toMatchObject({ oomKills: 3 });
    const other = makeLives();
    other.seen(seen(10), { ...seen(5).run, oomKills: 2 });
    expect(other.run('c1')).not.toHaveProperty('oomKills');
  });

  test('when the last process in it was killed is kept, whoever heard of it and when', () => {
    expect(live('1:look(1) 9:oom 12:oom').now?.run).toMatchObject({ oomKills: 2, lastOomKillMs: 12_000 });
    expect(live('1:start 2:oom 3:oom 4:look(1)').now?.run).toMatchObject({ oomKills: 2, lastOomKillMs: 3_000 });
    const lives = makeLives();
    lives.seen(seen(10), { ...seen(10).run, oomKills: 2, lastOomKillMs: 20_000 });
    lives.heard(event(11, 'oom'));
    expect(lives.run('c1')).toMatchObject({ oomKills: 3, lastOomKillMs: 20_000 });
  });

  test('who is not seen any more leaves', () => {
    const lives = makeLives();
    lives.seen(seen(1));
    lives.keep(new Set(['c2']));
    expect(lives.places()).toEqual([]);
  });
});
