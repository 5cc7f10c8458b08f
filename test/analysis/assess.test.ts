import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assess } from '../../src/analysis/assess.js';
import type { Assessment } from '../../src/model/assessment.js';
import type { Sample } from '../../src/model/sample.js';
import { type Drawing, drawn, MIB, MINUTE } from '../support/draw-series.js';

const judged = (picture: string, drawing?: Drawing): Assessment => {
  const series = drawn(picture, drawing);
  return assess(series, series.toMs);
};
const CALM = '_'.repeat(20);
const LEAK = '/'.repeat(20);

describe('what leaks', () => {
  test('a steady climb: its rate, and when the limit is reached', () => {
    const { verdict, reason, growthBytesPerHour, limitAtMs } = judged(LEAK, { noiseBytes: MIB });
    expect({ verdict, reason }).toEqual({ verdict: 'leaking', reason: 'steady-growth' });
    expect(growthBytesPerHour?.value).toBeCloseTo(240 * MIB, -7);
    // 60 + 80 MiB used of 256, and 2 MiB of kernel: 114 MiB are left, at 4 a minute.
    expect((limitAtMs?.value ?? 0) / MINUTE).toBeCloseTo(20 + 28.5, 0);
  });
  test('the floor under a sawtooth, not its teeth', () => {
    const { verdict, growthBytesPerHour } = judged('//\\'.repeat(12), { stepBytes: 4 * MIB, charMs: 20_000, intervalMs: 2_000 });
    expect(verdict).toBe('leaking');
    expect((growthBytesPerHour?.value ?? 0) / (240 * MIB)).toBeCloseTo(1, 1);
  });
  test('one that began in the middle: since when', () => {
    const { verdict, onsetMs } = judged(`${CALM}${LEAK}`);
    expect(verdict).toBe('leaking');
    expect(Math.abs((onsetMs ?? 0) - 20 * MINUTE)).toBeLessThan(3 * MINUTE);
  });
  test('without a limit there is no time to it', () => {
    const { verdict, limitAtMs } = judged('/'.repeat(40), { limitBytes: null });
    expect(verdict).toBe('leaking');
    expect(limitAtMs).toBeUndefined();
  });
});

describe('what does not', () => {
  test.each([
    ['nothing moves', CALM],
    ['filled, then flat', `////${CALM}`],
    ['one step', `__________/${CALM}`],
    ['a collector’s teeth', '/\\'.repeat(20)],
    ['down', '\\\\\\\\\\\\\\\\\\\\'],
  ])('%s', (_, picture) => {
    const { verdict } = judged(picture, { baseBytes: 100 * MIB, noiseBytes: MIB });
    expect(verdict).toBe('stable');
  });
  test.each(['', CALM])('up and down again%s', (before) => {
    expect(judged(`${before}${CALM}////\\\\\\\\${CALM}${before}`, { baseBytes: 100 * MIB }).verdict).toBe('stable');
  });
  test('a range that cannot exclude a page is not called stable, until it can or an hour has passed', () => {
    const teeth = (minutes: number) =>
      judged('/\\'.repeat(2 * minutes), { charMs: 15_000, stepBytes: 30 * MIB, intervalMs: 2_000, noiseBytes: 20 * MIB });
    expect(teeth(3)).toMatchObject({
      verdict: 'unknown',
      reason: 'too-short',
      explanation: expect.stringContaining('would not show yet'),
    });
    expect(teeth(3).answerByMs).toBeGreaterThan(3 * MINUTE);
    expect(teeth(61).verdict).toBe('stable');
  });
  test('growth that is sure is not called stable because it has gained little so far', () => {
    const creep = (minutes: number, over: Drawing = {}) =>
      judged('/'.repeat(minutes), { stepBytes: 0.3 * MIB, intervalMs: 2_000, ...over });
    expect(creep(3)).toMatchObject({ verdict: 'unknown', explanation: expect.stringContaining('begun to grow') });
    expect(creep(3).answerByMs).toBeGreaterThan(3 * MINUTE);
    expect(creep(3).answerByMs).toBeLessThan(8 * MINUTE);
    expect(creep(40).verdict).toBe('leaking');
    expect(creep(3, { limitBytes: null }).verdict).toBe('unknown');
    // A page now and then: years to the limit.
    expect(creep(3, { stepBytes: 1024 }).verdict).toBe('stable');
  });
  test('growth that is sure but has gained enough a short while ago is not called stable either', () => {
    const begun = (minutes: number) =>
      judged(`${'_'.repeat(150)}${'/'.repeat(minutes)}`, { stepBytes: 3 * MIB, noiseBytes: MIB });
    for (const minutes of [8, 12, 16, 20]) {
      expect(begun(minutes)).toMatchObject({ verdict: 'unknown', explanation: expect.stringContaining('began to grow') });
      expect(begun(minutes).answerByMs).toBeGreaterThan((150 + minutes) * MINUTE);
    }
    expect(begun(40).verdict).toBe('leaking');
  });
  test('only page cache grows', () => {
    const { verdict, reason } = judged(CALM, { file: (t) => 20 * MIB + (t / MINUTE) * 10 * MIB });
    expect({ verdict, reason }).toEqual({ verdict: 'stable', reason: 'cache' });
  });
  test('what only earlier lives did', () => expect(judged(`//////////!${CALM}`).verdict).toBe('stable'));
});

describe('what cannot be told', () => {
  test('a leak that goes faster since a minute ago has not begun a minute ago', () => {
    for (const seed of [1, 2, 3, 4]) {
      const slow = drawn('//////', {
        charMs: MINUTE,
        stepBytes: 20 * MIB,
        intervalMs: 2_000,
        baseBytes: 4 * MIB,
        noiseBytes: MIB,
        seed,
      });
      const seen = slow.samples.map((sample) => {
        const faster = Math.max(0, (sample.t - 5 * MINUTE) / MINUTE) * 8 * MIB;
        return { ...sample, anon: Math.round((sample.anon ?? 0) + faster) };
      });
      for (let nowMs = 5 * MINUTE; nowMs <= 6 * MINUTE; nowMs += 10_000) {
        const samples = seen.filter(({ t }) => t <= nowMs);
        expect(assess({ ...slow, samples, toMs: nowMs }, nowMs).explanation).not.toContain('has been growing for');
      }
    }
  });
  test('too short: and by when more can be said', () => {
    const { verdict, reason, answerByMs } = judged('/', { charMs: 40_000, intervalMs: 2_000 });
    expect({ verdict, reason }).toEqual({ verdict: 'unknown', reason: 'too-short' });
    expect(answerByMs).toBeGreaterThan(40_000);
  });
  test('one sample has no length', () => {
    expect(judged('_', { charMs: 1_000 }).explanation).toBe('There is one sample, too few to tell growth from noise.');
  });
  test('the newest sample may be a while ago: what will be told is still to come', () => {
    // 88 s of growth, of which 90 are needed.
    const { samples, ...series } = drawn('/', { charMs: 90_000, intervalMs: 2_000, stepBytes: 80 * MIB });
    const nowMs = 88_000 + 60_000;
    const { verdict, answerByMs } = assess({ ...series, samples, toMs: nowMs }, nowMs);
    expect(verdict).toBe('unknown');
    expect(answerByMs).toBeGreaterThan(nowMs);
  });
  test('at its limit nothing is left that a leak could leave', () => {
    const { verdict, explanation } = judged(CALM, { limitBytes: 60 * MIB });
    expect(verdict).toBe('unknown');
    expect(explanation).toMatch(/it is at its limit/);
    expect(explanation).not.toContain('only 0 s');
  });
  test('sure growth is said before it has lasted long enough to be a leak, its end is not', () => {
    const { verdict, growthBytesPerHour, limitAtMs } = judged('/'.repeat(4), { limitBytes: null, noiseBytes: MIB });
    expect(verdict).toBe('unknown');
    expect((growthBytesPerHour?.value ?? 0) / (240 * MIB)).toBeCloseTo(1, 1);
    expect(limitAtMs).toBeUndefined();
  });
  test('calm, but for too short a time: the answer comes when two minutes are full', () => {
    const { verdict, answerByMs } = judged('_', { charMs: 90_000, intervalMs: 2_000 });
    expect(verdict).toBe('unknown');
    expect(answerByMs).toBeLessThanOrEqual(90_000 + 35_000);
  });
  test('a young process whose growth slows down may be warming up', () => {
    const samples = (t: number) => 60 * MIB + 80 * MIB * (1 - Math.exp(-t / (6 * MINUTE)));
    const flat = drawn('_'.repeat(12), { ageMs: 20_000 });
    const series = { ...flat, samples: flat.samples.map((one) => ({ ...one, anon: samples(one.t) })) };
    expect(assess(series, series.toMs)).toMatchObject({ verdict: 'unknown', reason: 'warm-up' });
  });
  test('nothing was measured', () => expect(judged(' ')).toMatchObject({ verdict: 'unknown', reason: 'no-data' }));
  test('old samples say nothing of now', () => {
    const series = drawn(CALM);
    expect(assess(series, series.toMs + 10 * MINUTE)).toMatchObject({ verdict: 'unknown', reason: 'no-data' });
  });
  test('growth right after a restart is not yet a verdict', () => {
    expect(judged(`${CALM}!/`, { intervalMs: 5_000 }).verdict).toBe('unknown');
  });
});

describe('robust', () => {
  const sample = fc.record(
    {
      t: fc.oneof(fc.integer({ min: 0, max: 3_600_000 }), fc.constant(Number.NaN)),
      anon: fc.oneof(fc.double(), fc.integer()),
      file: fc.double(),
      shmem: fc.double(),
      kernel: fc.double(),
      limit: fc.oneof(fc.constant(null), fc.double()),
    },
    { requiredKeys: ['t'] },
  );
  test('no number is ever NaN or infinite, whatever comes in', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 200 }), (samples) => {
        const assessment = assess({ ...drawn(''), samples: samples as Sample[] }, 3_600_000);
        JSON.stringify(assessment, (name, value) => {
          if (name !== 'samples' && name !== 'latest' && typeof value === 'number' && !Number.isFinite(value))
            throw new Error(name);
          return name === 'latest' ? undefined : value;
        });
      }),
      { numRuns: 300, seed: 7 },
    );
  });
  test('moving the clock, adding a constant and losing a fifth of the samples change no clear verdict', () => {
    for (const picture of [LEAK, CALM, `////${CALM}`, '/\\'.repeat(20)]) {
      for (let seed = 1; seed <= 20; seed += 1) {
        const series = drawn(picture, { noiseBytes: MIB, seed });
        const { verdict } = assess(series, series.toMs);
        const shiftMs = 1_700_000_000_000;
        const moved = series.samples
          .filter((_, i) => (i * seed) % 5 !== 1)
          .map((one) => ({ ...one, t: one.t + shiftMs, anon: (one.anon ?? 0) + 30 * MIB }));
        const run = { ...series.replica.run, startedAtMs: series.replica.run.startedAtMs + shiftMs };
        const shifted = { ...series, samples: moved, runs: [run], replica: { ...series.replica, run } };
        expect(assess(shifted, series.toMs + shiftMs).verdict).toBe(verdict);
      }
    }
  });
  test('the range holds the true rate about 95 times in 100', () => {
    let held = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const { low = 0, high = 0 } = judged(LEAK, { noiseBytes: 8 * MIB, seed }).growthBytesPerHour ?? {};
      if (low <= 240 * MIB && high >= 240 * MIB) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(184);
  });
});
