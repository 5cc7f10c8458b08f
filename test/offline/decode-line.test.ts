import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Assessment } from '../../src/model/assessment.js';
import { assessHistory } from '../../src/offline/assess-history.js';
import { decodeLine, type History } from '../../src/offline/decode-line.js';
import { livesAt } from '../../src/offline/decode-runs.js';
import { isProblem } from '../../src/offline/problem.js';
import { replayHistory } from '../../src/offline/replay-history.js';

const MIB = 2 ** 20;
const line = (over: object) => JSON.stringify({ id: 'api-svc', intervalSec: 15, limitBytes: 256 * MIB, samples: [], ...over });

function history(over: object): History {
  const decoded = decodeLine(line(over));
  if (isProblem(decoded)) throw new Error(decoded.problem);
  return decoded;
}
const sampleOf = (sample: object) => history({ samples: [{ t: 1, ...sample }] }).samples.at(0);

describe('a sample', () => {
  test('what is not told but follows from the rest', () => {
    expect(sampleOf({ usage: 100, anon: 60, file: 30, workingSet: 80 })).toEqual({
      ...{ t: 1, usage: 100, anon: 60, file: 30, inactiveFile: 20, kernel: 10 },
    });
  });
  test('what is told wins over what follows', () => {
    const told = { usage: 100, anon: 60, file: 30, workingSet: 80, inactiveFile: 7, kernel: 3 };
    expect(sampleOf(told)).toMatchObject({ inactiveFile: 7, kernel: 3 });
  });
  test('figures of two instants make nothing negative', () => {
    expect(sampleOf({ usage: 50, anon: 60, file: 30, workingSet: 80 })).toMatchObject({ inactiveFile: 0, kernel: 0 });
  });
  test('shared memory is taken out of the kernel’s file, and counted once', () => {
    const { file, shmem, kernel } = sampleOf({ usage: 100, anon: 40, file: 50, shmem: 20 }) ?? {};
    expect({ file, shmem, kernel }).toEqual({ file: 30, shmem: 20, kernel: 10 });
  });
  test('what was not measured stays absent', () => {
    expect(sampleOf({ usage: 100, anon: null, file: 30 })).toEqual({ t: 1, usage: 100, file: 30 });
    expect(sampleOf({})).toEqual({ t: 1 });
  });
  test('counters and limits; what else is there is left alone', () => {
    const counters = { cpuNanos: 2 ** 53, netRxBytes: 1, netTxBytes: 2 };
    expect(sampleOf({ ...counters, limit: 5, colour: 'red', samples: {} })).toEqual({ t: 1, ...counters, limit: 5 });
  });
  test.each([
    [null, null],
    [0, null],
    [2 ** 63 - 4096, null],
    [64 * MIB, 64 * MIB],
  ])('a limit of %s is %s', (told, limit) => {
    expect(sampleOf({ limit: told })).toEqual({ t: 1, limit });
    expect(history({ limitBytes: told }).limitBytes).toBe(limit);
  });
  test('in order, each time once, the first that came', () => {
    const samples = [3, 1, 2, 1, 3].map((t, anon) => ({ t, anon }));
    expect([...history({ samples }).samples]).toEqual([
      { t: 1, anon: 1 },
      { t: 2, anon: 2 },
      { t: 3, anon: 0 },
    ]);
  });
});

describe('lives', () => {
  const starts = (over: object) => history({ samples: [{ t: 100 }, { t: 900 }], ...over }).lives.map((one) => one.startedAtMs);
  test('without restarts: one, from the first sample', () => expect(starts({})).toEqual([100]));
  test('begin at each restart; the one before the first restart with the first sample', () => {
    expect(starts({ restarts: [500, 300, 500] })).toEqual([100, 300, 500]);
    expect(starts({ restarts: [50, 300] })).toEqual([50, 300]);
  });
  test('runs tell images and ends', () => {
    const runs = [
      { startedAt: 100, image: 'api:1', oomKilled: true },
      { startedAt: 300, image: 'api:1' },
      { startedAt: 600, image: 'api:2', oomKilled: true },
    ];
    const { lives } = history({ samples: [{ t: 100 }, { t: 900 }], runs });
    expect(lives).toMatchObject([
      { image: 'api:1', endedAtMs: 300, oomKilled: true },
      { image: 'api:1', endedAtMs: 600 },
      { image: 'api:2' },
    ]);
    const containers = lives.map((run) => run.containerId);
    expect([containers[0] === containers[1], containers[1] === containers[2]]).toEqual([true, false]);
    // What has not happened yet is not known: neither a start, nor how the present life will end.
    expect(livesAt(lives, 400)).toMatchObject({
      present: { startedAtMs: 300 },
      runs: [{ endedAtMs: 300 }, { startedAtMs: 300 }],
    });
    expect(livesAt(lives, 400).present).not.toHaveProperty('endedAtMs');
    expect(livesAt(lives, 900).present).not.toHaveProperty('oomKilled');
  });
});

describe('a bad line is told with its field', () => {
  test.each([
    ['[1]', 'must be a JSON object'],
    ['null', 'must be a JSON object'],
    [line({ id: undefined }), 'id: must be a text'],
    [line({ id: 7 }), 'id: must be a text'],
    [line({ id: '' }), 'id: is empty'],
    [line({ intervalSec: 0 }), 'intervalSec: must be above 0'],
    [line({ limitBytes: '256 MiB' }), 'limitBytes: must be a number or null'],
    [line({ samples: undefined }), 'samples: must be a list'],
    [line({ samples: {} }), 'samples: must be a list'],
    [line({ samples: [{ t: 1 }, 5] }), 'samples[1]: must be an object'],
    [line({ samples: [{ t: 1 }, { t: '2' }] }), 'samples[1].t: must be a number (Unix ms)'],
    [line({ samples: [{ t: 9e15 }] }), 'samples[0].t: is no time (Unix ms)'],
    [line({ samples: [{ t: 1, anon: '12MB' }] }), 'samples[0].anon: must be a number or null'],
    [line({ samples: [{ t: 1, usage: true }] }), 'samples[0].usage: must be a number or null'],
    ['{"id": "a", "samples": [{"t": 1e999}]}', 'samples[0].t: must be a number (Unix ms)'],
    [line({ restarts: 5 }), 'restarts: must be a list of times (Unix ms)'],
    [line({ restarts: [1, null] }), 'restarts[1]: must be a number (Unix ms)'],
    [line({ runs: [{}] }), 'runs[0].startedAt: must be a number (Unix ms)'],
    [line({ runs: [{ startedAt: 1, oomKilled: 'no' }] }), 'runs[0].oomKilled: must be true or false'],
  ])('%s', (text, problem) => expect(decodeLine(text)).toEqual({ problem }));
  test('what is not JSON, and where', () => {
    expect(decodeLine('{"id": "a", ')).toEqual({ problem: expect.stringMatching(/^is not JSON: .*JSON/) });
    const samples = `{"t": 1, "anon": 5}, `.repeat(1_000);
    const { problem } = decodeLine(`{"id": "a", "samples": [${samples}{"t": 7, "anon": NaN}]}`) as { problem: string };
    expect(problem).toContain('NaN');
    expect(problem.length).toBeLessThan(220);
  });
  test('hostile text does not reach the terminal as it is', () => {
    const { problem } = decodeLine(`\u001b[2J\u202e{\r\n`) as { problem: string };
    expect(problem).toMatch(/^[ -~…]+$/);
  });
});

describe('what cannot be is left out, and said', () => {
  test.each([
    [{ t: 1, anon: 'NaN' }, 'samples[0].anon: NaN is not possible'],
    [{ t: 1, usage: '+Inf' }, 'samples[0].usage: +Inf is not possible'],
    [{ t: 1, file: -5 }, 'samples[0].file: -5 is not possible'],
    [{ t: 1, limit: -1 }, 'samples[0].limit: -1 is not possible'],
    [{ t: 1, anon: 2 ** 63 }, 'samples[0].anon: 9223372036854776000 is not possible'],
    [{ t: null, anon: 1 }, 'samples[0].t: is missing'],
  ])('%j', (sample, first) => {
    const { samples, leftOut } = history({ samples: [sample, { t: 2, anon: 1 }, sample] });
    expect(leftOut).toEqual({ count: 2, first: first });
    expect(samples.at(-1)).toEqual({ t: 2, anon: 1 });
    expect(samples.at(0)).toEqual(sample.t === 1 ? { t: 1 } : { t: 2, anon: 1 });
  });
  test('a limit of the line', () =>
    expect(history({ limitBytes: -1 })).toMatchObject({ limitBytes: null, leftOut: { count: 0 } }));
});

describe('no data is no health', () => {
  const verdictOf = (over: object): Assessment['verdict'] => assessHistory(history(over)).verdict;
  test('no samples', () => {
    expect(assessHistory(history({}))).toMatchObject({ verdict: 'unknown', reason: 'no-data', growthBytesPerHour: null });
    expect([...replayHistory(history({}))]).toEqual([]);
  });
  test('samples in which nothing was measured', () => {
    expect(verdictOf({ samples: Array.from({ length: 500 }, (_, i) => ({ t: i * 15_000, anon: 'NaN' })) })).toBe('unknown');
  });
});

/** Anything that is JSON, and mostly of the right shape. */
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -1, 2 ** 63, 1e300, 5e-324));
const junk = fc.oneof({ weight: 8, arbitrary: number }, fc.constantFrom(null, 'NaN', '+Inf'), fc.jsonValue({ maxDepth: 1 }));
const time = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 20_000_000 }) },
  fc.double({ min: -8.64e15, max: 8.64e15, noNaN: true }),
);
const mostly = <T>(good: fc.Arbitrary<T>) => fc.oneof({ weight: 40, arbitrary: good as fc.Arbitrary<unknown> }, junk);
const FIELDS = ['usage', 'anon', 'file', 'workingSet', 'inactiveFile', 'shmem', 'kernel', 'limit', 'cpuNanos', 'netRxBytes'];
const sizes = Object.fromEntries(FIELDS.map((field) => [field, fc.oneof(fc.integer({ min: 0, max: 2 ** 31 }), junk)]));
const sample = fc.record({ t: mostly(time), ...sizes }, { requiredKeys: [] });
const wildLine = fc.record(
  {
    id: fc.constant('x'),
    intervalSec: mostly(fc.constant(15)),
    limitBytes: mostly(fc.integer({ min: 0 })),
    samples: fc.array(fc.oneof({ weight: 300, arbitrary: sample as fc.Arbitrary<unknown> }, junk), { maxLength: 60 }),
    restarts: fc.array(mostly(time), { maxLength: 4 }),
    runs: fc.array(fc.record({ startedAt: mostly(time), image: fc.string() }), { maxLength: 3 }),
  },
  { requiredKeys: ['id', 'samples'] },
);

test('whatever a line holds: it is answered or named, and no answer has a number that is none', () => {
  let answered = 0;
  fc.assert(
    fc.property(wildLine, (value) => {
      const decoded = decodeLine(JSON.stringify(value));
      if (isProblem(decoded)) return expect(decoded.problem).toMatch(/^[\w[\].]+: \S/);
      answered += 1;
      const { growthBytesPerHour, growthLow, growthHigh, onsetMs, limitAtMs, limitAtLowMs, limitAtHighMs } =
        assessHistory(decoded);
      for (const figure of [growthBytesPerHour, growthLow, growthHigh]) expect(Number.isFinite(figure ?? 0)).toBe(true);
      for (const ms of [onsetMs, limitAtMs, limitAtLowMs, limitAtHighMs]) expect(Number.isInteger(ms ?? 0)).toBe(true);
    }),
    { numRuns: 300, seed: 11 },
  );
  expect(answered).toBeGreaterThan(50);
});

test('and the watch gets through it', () => {
  fc.assert(
    fc.property(wildLine, (value) => {
      const decoded = decodeLine(JSON.stringify(value));
      if (isProblem(decoded) || decoded.samples.length === 0) return;
      const shares: number[] = [];
      for (const event of replayHistory(decoded, (share) => shares.push(share))) {
        expect(Number.isInteger(event.t)).toBe(true);
        expect(Number.isFinite(event.growthBytesPerHour ?? 0)).toBe(true);
      }
      expect(shares.at(-1)).toBe(1);
    }),
    { numRuns: 15, seed: 12 },
  );
});
