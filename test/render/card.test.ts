import { describe, expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import { assessService } from '../../src/analysis/assess-service.js';
import type { SlackMessage } from '../../src/model/message.js';
import { card } from '../../src/render/card.js';
import { drawn } from '../support/draw-series.js';
import { expectAccepted, textsOf } from './accepted.js';
import * as scenes from './scenes.js';
import { HOUR, life, MIB, MINUTE, NOW, noise, type Scene, scene } from './scenes.js';

const view = { nowMs: NOW, windowMs: 6 * HOUR, watching: false };
const say = ({ assessment, windowMs }: Scene, more = {}) => card(assessment, { ...view, windowMs, ...more });
/** As a person reads it, times in UTC. */
const read = (message: SlackMessage) =>
  textsOf(message)
    .slice(1)
    .join('\n')
    .replace(/<!date[^|]*\|([^>]*)>/g, '$1');

describe('each shape', () => {
  const shapes: Record<string, () => SlackMessage> = {
    'leaking, one replica': () => say(scenes.leakWithLimit()),
    'leaking, six replicas, a silent host': () => say(scenes.sixReplicas()),
    'leaking without a limit': () => say(scenes.noLimit()),
    'leaking after four kills': () => say(scenes.restartCycle()),
    'leaking for fourteen days': () => say(scenes.fourteenDays()),
    'stable after filling': () => say(scenes.cacheFill()),
    'stable, page cache': () => say(scenes.pageCacheOnly()),
    'unknown, watched': () => say(scenes.fewSamples(), { watching: true }),
    'unknown, private': () => say(scenes.fewSamples(), { watching: true, shareKey: 'a-1' }),
    'unknown, one of two': () => say(scenes.oneYoung()),
    'no samples': () => say(scenes.noSamples(), { watching: true }),
    'no fresh samples': () => say(scenes.stale()),
    'not running': () => say(scenes.killed()),
  };
  test.each(Object.keys(shapes))('%s', (name) => {
    const message = shapes[name]?.();
    if (!message) throw new Error(name);
    expectAccepted(message);
    expect(read(message).split('\n').length).toBeLessThanOrEqual(12);
    expect(read(message).split('\n')[0]).toBe(`*${message.text}*`);
    expect(message).toMatchSnapshot();
  });
});

describe('leaking', () => {
  test('says rate and time with their ranges, and how full it is', () => {
    const words = read(say(scenes.sixReplicas()));
    expect(words).toMatch(/leaking: \+41 MiB\/h per replica \(\d+–\d+\)/);
    expect(words).toMatch(
      /Out of memory in \d+ min \(\d+–\d+ min\), at about 14:2\d UTC: #6 on hv-07, 49\d of 512 MiB \(97 %\); then all 6 within 1 h \d\d/,
    );
    expect(words).toContain('6 of 6 replicas grow, on 3 of 3 hosts: the code, not a host');
    expect(words).toContain('Silent: hv-37 since 13:20 UTC: its last list was used');
  });

  test('two are both', () => {
    const { series, windowMs } = scenes.sixReplicas();
    expect(read(say(scenes.scene(series.slice(0, 2), windowMs)))).toMatch(/; then both within \d+ min/);
  });

  test('"then all" is said only when all grow', () => {
    const words = read(say(oneOfThree()));
    expect(words).not.toContain('then all');
    expect(words).toContain('1 of 3 replicas grows (#1): that replica, not the code');
  });

  test('a host whose replicas alone grow is called so', () => {
    const words = read(say(scene([growing(1, 'hv-01'), growing(2, 'hv-01'), calm(3, 'hv-02'), calm(4, 'hv-03')], 6 * HOUR)));
    expect(words).toContain('2 of 4 replicas grow, all on hv-01: that host, not the code');
  });

  test('without a limit nothing is compared', () => {
    const words = read(say(scenes.noLimit()));
    expect(words).toContain('No limit is set');
    expect(words).not.toMatch(/Out of memory in|%/);
  });

  test('without a limit, its share of the host is said, and no time until that is full: others live there, too', () => {
    const { assessment, ...rest } = scenes.noLimit();
    const words = read(say({ ...rest, assessment: { ...assessment, hostBytes: 4 * 1024 * MIB } }));
    expect(words).toContain("755 MiB in use, 18 % of the host's 4 GiB");
    expect(words).not.toContain('Out of memory in');
    const crowd = scene([growing(1, 'hv-01', null), growing(2, 'hv-02', null)], 6 * HOUR);
    expect(read(say({ ...crowd, assessment: { ...crowd.assessment, hostBytes: 4 * 1024 * MIB } }))).toMatch(
      /the largest replica had \d+ MiB, [\d.]+ % of its host's 4 GiB/,
    );
  });

  test('a part that was not measured has no word', () => {
    const words = read(
      say(
        scene(
          [life('x', { upMs: 2 * HOUR, everyMs: 15_000 }, (age, i) => ({ ...grow(age, i), kernel: undefined as never }))],
          HOUR,
        ),
      ),
    );
    expect(words).toContain('anon +');
    expect(words).not.toContain('kernel');
    expect(words).not.toContain('page cache');
  });

  test('replicas that are down are named with what ended them', () => {
    const down = life('x', { number: 2, upMs: HOUR, everyMs: 15_000, running: false }, grow);
    const words = read(
      say(
        scene([growing(1, 'hv-01'), { ...down, replica: { ...down.replica, run: { ...down.replica.run, exitCode: 1 } } }], HOUR),
      ),
    );
    expect(words).toContain('1 is not running: #2 (exit 1)');
  });
});

describe('stable', () => {
  test('says what would not have been seen, from the range', () => {
    const { assessment } = scenes.cacheFill();
    const high = assessment.replicas[0]?.growthBytesPerHour?.high ?? Number.NaN;
    const rate = Number((high / MIB).toFixed(1));
    const words = read(say(scenes.cacheFill()));
    expect(words).toMatch(/stable: 0 ± [\d.]+ MiB\/h over 2 h/);
    expect(words).toContain(`A leak under ${rate} MiB/h would not show: at least`);
  });

  test('page cache is said to be apart', () => {
    expect(read(say(scenes.pageCacheOnly()))).toMatch(
      /Only page cache grows \(\+8\d\d MiB since 12:00 UTC\): reclaimable, not counted/,
    );
  });

  test('the time to the limit is that of the replica that would be there first', () => {
    const words = read(say(scene([calm(1, 'hv-01'), calm(2, 'hv-01', 24)], 6 * HOUR)));
    const alone = read(say(scene([calm(2, 'hv-01', 24)], 6 * HOUR)));
    expect(/at least (.*) to/.exec(words)?.[1]).toBe(/at least (.*) to/.exec(alone)?.[1]);
  });
});

describe('unknown', () => {
  test('promises an edit only while somebody watches', () => {
    expect(read(say(scenes.fewSamples(), { watching: true }))).toContain('I will edit this message and mention you');
    const alone = say(scenes.fewSamples(), { watching: true, shareKey: 'k' });
    expect(read(alone)).not.toContain('mention you');
    expect(alone.blocks.map(({ type }) => type)).not.toContain('actions');
    // Nobody waits for what an alert asked; who asked looks at it still in the first minute (`jobs/check.ts`).
    const alerted = read(say(scenes.fewSamples(), { watching: true, alerted: true }));
    expect(alerted).toMatch(/I will edit this message(?! and mention you)/);
    expect(read(say(scenes.fewSamples(), { watching: true, nowMs: NOW + MINUTE }))).toMatch(
      /Answer within a minute; I will edit this message(?! and mention you)/,
    );
    const left = read(say(scenes.fewSamples()));
    expect(left).not.toContain('I will');
    expect(left).toContain('Ask again');
  });
  test('no data is never good news', () => {
    for (const one of [scenes.noSamples(), scenes.stale()]) {
      expect(say(one).text).toContain("can't tell");
      expect(read(say(one))).toContain('No data is not good news');
    }
    expect(say(scenes.killed()).text).toBe('⚫ api-svc is not running');
  });
  test('a service without a single replica is no crash', () => {
    const { assessment } = scenes.killed();
    expectAccepted(card({ ...assessment, replicas: [] }, view));
  });
});

test('a private answer has one button, which names it', () => {
  const actions = say(scenes.leakWithLimit(), { shareKey: 'C1-42' }).blocks.at(-1);
  expect(actions).toMatchObject({ type: 'actions', elements: [{ action_id: 'share', value: 'C1-42' }] });
  expect(JSON.stringify(say(scenes.leakWithLimit()))).not.toContain('share');
});

function grow(age: number, i: number) {
  return { anon: 40 * MIB + (age / HOUR) * 60 * MIB + noise(i, MIB) };
}

function growing(number: number, host: string, limit: number | null = 256 * MIB) {
  return life('x', { number, host, limit, upMs: 2 * HOUR, everyMs: 15_000 }, (age, i) => ({ ...grow(age, i), file: 5 * MIB }));
}

function calm(number: number, host: string, size = 1) {
  return life('x', { number, host, upMs: 2 * HOUR, everyMs: 15_000 }, (_age, i) => ({
    anon: 40 * MIB + noise(i, size * MIB),
    file: 5 * MIB,
  }));
}

function oneOfThree(): Scene {
  return scene([growing(1, 'hv-01'), calm(2, 'hv-01'), calm(3, 'hv-01')], 30 * MINUTE);
}

test.each([
  // Lives at its limit, and does not move.
  [{ limitBytes: 62 * MIB, intervalMs: MINUTE }, '_', 'would not show, and nothing is left to the limit'],
  // Two weeks without a byte more: no range is 0, and no leak is under it.
  [{ charMs: 12 * HOUR, intervalMs: 5 * MINUTE }, '____', 'stable: 0 ± 0.4 KiB/h over 13 d'],
])('a flat line is stable in words that say something: %j', (drawing, part, words) => {
  const series = drawn(part.repeat(7), { charMs: HOUR, ...drawing });
  const assessment = assessService(series.replica.service, [assess(series, series.toMs)], []);
  expect(assessment.verdict).toBe('stable');
  const said = textsOf(card(assessment, { nowMs: series.toMs, windowMs: 24 * HOUR, watching: true })).join('\n');
  expect(said).toContain(words);
  expect(said).not.toMatch(/ 0 s|under 0 |± 0 /);
});

test('what cannot be told yet says the growth that is sure already', () => {
  const series = drawn('/'.repeat(4), { limitBytes: null });
  const assessment = assessService(series.replica.service, [assess(series, series.toMs)], []);
  const { blocks } = card(assessment, { nowMs: series.toMs, windowMs: 6 * 3_600_000, watching: true });
  expect(JSON.stringify(blocks)).toMatch(/So far \+240 MiB\/h \(/);
});
