import { describe, expect, test } from '@jest/globals';
import { aboveTrend, limitAt } from '../../src/analysis/ahead.js';
import { assess } from '../../src/analysis/assess.js';
import { columnsOf } from '../../src/analysis/columns.js';
import { contest } from '../../src/analysis/contest.js';
import type { Series } from '../../src/model/assessment.js';
import { type Drawing, drawn, MIB, MINUTE } from '../support/draw-series.js';

const HOUR = 60 * MINUTE;

describe('a straight way to the limit', () => {
  const rate = { value: 10, low: 5, high: 20 };
  test('the faster end of the range is there first; peaks over the trend are there before it', () => {
    expect(limitAt(rate, 100, 0, 200, HOUR).limitAtMs).toEqual({ value: 11 * HOUR, low: 6 * HOUR, high: 21 * HOUR });
    expect(limitAt(rate, 100, 50, 200, HOUR).limitAtMs).toEqual({ value: 6 * HOUR, low: 3.5 * HOUR, high: 11 * HOUR });
  });
  test('what may not grow may never be there; what does not grow has no time', () => {
    expect(limitAt({ ...rate, low: 0 }, 100, 0, 200, 0).limitAtMs).toEqual({ value: 10 * HOUR, low: 5 * HOUR });
    for (const value of [0, -1, Number.NaN]) expect(limitAt({ ...rate, value }, 100, 0, 200, 0)).toEqual({});
    expect(limitAt(rate, 100, 0, null, 0)).toEqual({});
  });
  test('at the limit it is now, and never past; far away is ten years', () => {
    expect(limitAt(rate, 300, 0, 200, 5).limitAtMs?.value).toBe(5);
    expect(limitAt({ value: 1e-9, low: 1e-9, high: 1e-9 }, 0, 0, 1e12, 0).limitAtMs?.value).toBe(3_650 * 24 * HOUR);
  });
});

test('a sample where a span ends, by less than a time can be told to: it counts once, and the next one is looked at', () => {
  // From since on, an eighth of 48 spans ends at 1795166685951 less 0.0002; times as large as that are told to 0.0002.
  const [first, last, ends, since] = [1_795_133_261_561, 1_795_213_480_097, 1_795_166_685_951, 0.3];
  const t = Float64Array.from({ length: 48 }, (_, i) => first + ((last - first) * i) / 47);
  const found = contest({ t, bytes: t.map((_, i) => 100 * MIB + i * MIB) });
  if (!found) throw new Error('nothing fits a line');
  const { leaking } = found;
  const bent = { ...leaking, candidate: { ...leaking.candidate, since } };
  const used = [first, ends - MINUTE, ends, ends + MINUTE, last - 2 * HOUR, last];
  const columns = columnsOf(used.map((at) => ({ t: at, anon: (at === ends ? 300 : 500) * MIB })));
  const above = aboveTrend(bent, found, { t, bytes: t }, columns);
  expect(above / MIB).toBeCloseTo(500 - (100 + (47 * (ends + MINUTE - first)) / (last - first)), 0);
});

/** The drawing as `of` bends it, judged at its end: when the limit is reached, hours after that. */
function leftHours(picture: string, drawing: Drawing, of: (t: number) => number): { value: number; low: number; high: number } {
  const flat = drawn(picture, drawing);
  const series: Series = {
    ...flat,
    samples: flat.samples.map((one) => ({ ...one, anon: Math.round((one.anon ?? 0) + of(one.t) * MIB) })),
  };
  const { verdict, limitAtMs } = assess(series, series.toMs);
  expect(verdict).toBe('leaking');
  const hours = (ms: number | undefined) => ((ms ?? Number.NaN) - series.toMs) / HOUR;
  return { value: hours(limitAtMs?.value), low: hours(limitAtMs?.low), high: hours(limitAtMs?.high) };
}

describe('what reaches the limit', () => {
  // Two days, a sample in three minutes; 100 MiB and 2 of kernel; 500 MiB.
  const DAYS: Drawing = {
    charMs: HOUR,
    intervalMs: 3 * MINUTE,
    baseBytes: 100 * MIB,
    noiseBytes: 2 * MIB,
    limitBytes: 500 * MIB,
  };
  const TWO = '_'.repeat(48);
  test('//// the line itself', () => {
    // 100 + 2 + 4 × 48 are used, 4 an hour.
    const { value, low, high } = leftHours(TWO, DAYS, (t) => (4 * t) / HOUR);
    expect(value / ((500 - 102 - 192) / 4)).toBeCloseTo(1, 1);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  });
  test('/|/|/| the peaks of teeth over it', () => {
    // Teeth of 40 MiB, an hour long, on a floor of 4 an hour.
    const { value } = leftHours(TWO, DAYS, (t) => (4 * t) / HOUR + (40 * (t % HOUR)) / HOUR);
    expect(value / ((500 - 102 - 192 - 40) / 4)).toBeCloseTo(1, 1);
  });
  test('__|__ a peak that came once does not count', () => {
    const once = (t: number) => (t >= 30 * HOUR && t < 30 * HOUR + 6 * MINUTE ? 150 : 0);
    const { value } = leftHours(TWO, DAYS, (t) => (4 * t) / HOUR + once(t));
    expect(value / ((500 - 102 - 192) / 4)).toBeCloseTo(1, 1);
  });
  test('__./ what gets faster is there sooner than its present line would be', () => {
    const { value, low } = leftHours(TWO, DAYS, (t) => 192 * (t / (48 * HOUR)) ** 2);
    // Where 102 + 192 x² is 500, and where the slope at the end would get there.
    const [bent, straight] = [48 * (Math.sqrt(398 / 192) - 1), (500 - 102 - 192) / ((2 * 192) / 48)];
    expect(bent).toBeLessThan(straight);
    expect(Math.abs(value - bent)).toBeLessThan(0.2 * bent);
    expect(low).toBeLessThanOrEqual(value);
  });
});
