import { describe, expect, test } from '@jest/globals';
import { median } from 'simple-statistics';
import { coroot } from '../../bench/detect/coroot.js';
import { mannKendall, slopeOf, thin, varianceOfS } from '../../bench/detect/mann-kendall.js';
import { predictLinear } from '../../bench/detect/predict-linear.js';
import { rSquaredLine } from '../../bench/detect/r-squared.js';
import type { Rule } from '../../bench/detect/rule.js';
import { type Drawing, drawn, MIB, MINUTE, seeded } from '../support/draw-series.js';
import { lineOf } from './line-of.js';

const HOUR = 60 * MINUTE;

const line = (picture: string, drawing: Drawing = {}) =>
  lineOf(drawn(picture, { noiseBytes: MIB, intervalMs: MINUTE / 2, ...drawing }), { id: picture });
const fires = (rule: Rule, picture: string, drawing: Drawing = {}) => rule(line(picture, drawing)).verdict;
/** Ten minutes a character: six of them are the hour that two of the rules look at. */
const SLOW = { charMs: 10 * MINUTE, stepBytes: 2 * MIB };

describe('Coroot', () => {
  const rule = coroot('anon');
  test('12 MiB an hour of 60: 17 % of the level, but 4.7 % of the limit; half the limit, and it fires', () => {
    expect(fires(rule, '//////', SLOW)).toBe('stable');
    expect(rule(line('//////', { ...SLOW, limitBytes: 128 * MIB }))).toMatchObject({ verdict: 'leaking', growthLow: null });
  });
  test('without a limit 50 MiB an hour are asked for', () => {
    expect(fires(rule, '//////', { ...SLOW, stepBytes: 8 * MIB, limitBytes: null })).toBe('stable');
    expect(fires(rule, '//////', { ...SLOW, stepBytes: 9 * MIB, limitBytes: null })).toBe('leaking');
  });
  test('a tenth of the level an hour is asked for', () => {
    expect(fires(rule, '//////', { ...SLOW, stepBytes: 3 * MIB, baseBytes: 200 * MIB })).toBe('stable');
    expect(fires(rule, '//////', { ...SLOW, stepBytes: 3 * MIB, baseBytes: 100 * MIB })).toBe('leaking');
  });
  test('what has levelled off is a step or a warm-up', () => {
    expect(fires(rule, '///___', { ...SLOW, stepBytes: 20 * MIB })).toBe('stable');
    expect(fires(rule, '______///', { ...SLOW, stepBytes: 20 * MIB })).toBe('leaking');
  });
  test('only the last hour counts: a leak of yesterday is not seen, nor a slow one at all', () => {
    expect(fires(rule, '//////______', { ...SLOW, stepBytes: 10 * MIB })).toBe('stable');
    expect(fires(rule, '/'.repeat(60), SLOW)).toBe('stable');
  });
  test('lives are not joined: the longest is judged, and a short one is not', () => {
    expect(fires(rule, '////!_', { ...SLOW, stepBytes: 20 * MIB })).toBe('leaking');
    expect(fires(rule, '/!/!/!', { ...SLOW, stepBytes: 20 * MIB })).toBe('unknown');
    // A fall to less than half is a restart even where none was told.
    const told = line('////!_', { ...SLOW, stepBytes: 20 * MIB });
    expect(rule({ ...told, restarts: [] }).verdict).toBe('leaking');
  });
  test('its signal: the page cache is in the working set, not in RSS', () => {
    const cache: Drawing = { ...SLOW, file: (t) => 20 * MIB + (t / HOUR) * 60 * MIB };
    expect(fires(coroot('anon'), '______', cache)).toBe('stable');
    expect(fires(coroot('workingSet'), '______', cache)).toBe('leaking');
  });
});

describe('predict_linear', () => {
  test('the limit is within eight hours along the line of the last hour', () => {
    // 60 + 12 MiB drawn, 12 of cache and kernel: 172 left at 12 an hour, 14 h; 24 an hour, 6.7 h.
    expect(fires(predictLinear, '//////', SLOW)).toBe('stable');
    const { verdict, growthBytesPerHour, limitAtMs } = predictLinear(line('//////', { ...SLOW, stepBytes: 4 * MIB }));
    expect(verdict).toBe('leaking');
    expect((growthBytesPerHour ?? 0) / MIB).toBeCloseTo(24, 0);
    expect(((limitAtMs ?? 0) - HOUR) / HOUR).toBeCloseTo(160 / 24, 0);
  });
  test('not for what started within the hour', () => {
    expect(fires(predictLinear, '!//////', { ...SLOW, stepBytes: 5 * MIB })).toBe('leaking');
    expect(fires(predictLinear, '!/////', { ...SLOW, stepBytes: 5 * MIB })).toBe('stable');
  });
  test('without a limit it has nothing to say', () =>
    expect(fires(predictLinear, '//////', { limitBytes: null })).toBe('unknown'));
});

describe('R² of a line', () => {
  test('a rising line explains it, in this life', () => {
    expect(fires(rSquaredLine, '//////', SLOW)).toBe('leaking');
    expect(fires(rSquaredLine, '!\\\\\\\\\\\\!///', SLOW)).toBe('leaking');
    expect(fires(rSquaredLine, '\\\\\\\\\\\\', SLOW)).toBe('stable');
  });
  test('noise, nothing that moves, and what fell back are not explained by one', () => {
    expect(fires(rSquaredLine, '______', { ...SLOW, noiseBytes: 20 * MIB })).toBe('stable');
    expect(fires(rSquaredLine, '______', { ...SLOW, noiseBytes: 0 })).toBe('stable');
    expect(fires(rSquaredLine, '///\\\\\\', SLOW)).toBe('stable');
  });
  test('where it ends: R² of 0.93 and 0.61; a long ramp that is over is taken for a leak', () => {
    expect(fires(rSquaredLine, '////__', { ...SLOW, stepBytes: 10 * MIB })).toBe('leaking');
    expect(fires(rSquaredLine, '//____', { ...SLOW, stepBytes: 10 * MIB })).toBe('stable');
  });
});

describe('Mann–Kendall with Theil–Sen', () => {
  const rule = mannKendall('anon');
  test('a trend, its slope, the range of it, and the limit', () => {
    const { verdict, growthBytesPerHour, growthLow, growthHigh, limitAtMs } = rule(
      line('//////', { ...SLOW, noiseBytes: 4 * MIB }),
    );
    expect(verdict).toBe('leaking');
    expect((growthBytesPerHour ?? 0) / MIB).toBeCloseTo(12, 0);
    expect(growthLow).toBeLessThan(growthBytesPerHour ?? 0);
    expect(growthHigh).toBeGreaterThan(growthBytesPerHour ?? 0);
    // Anon is at 72 of 256 MiB: 184 left at 12 an hour.
    expect(((limitAtMs ?? 0) - HOUR) / HOUR).toBeCloseTo(184 / 12, -1);
  });
  test('down, level and ties are no growth; too few are not judged', () => {
    expect(fires(rule, '\\\\\\\\\\\\', SLOW)).toBe('stable');
    expect(fires(rule, '______', { ...SLOW, noiseBytes: 0 })).toBe('stable');
    expect(fires(rule, '/', { charMs: 4 * MINUTE })).toBe('unknown');
  });
  test('white noise: a rising trend is seen in about 1 of 40', () => {
    const seen = Array.from({ length: 200 }, (_, seed) => fires(rule, '______', { ...SLOW, noiseBytes: 8 * MIB, seed })).filter(
      (verdict) => verdict === 'leaking',
    );
    expect(seen.length).toBeLessThanOrEqual(14);
  });
  test('a step is taken for a leak: why the rule is not enough', () => {
    expect(fires(rule, '___/__', { ...SLOW, stepBytes: 10 * MIB })).toBe('leaking');
  });
  test('the variance of S, without and with ties (Gilbert 1987: n (n−1) (2n+5) / 18, less each group’s)', () => {
    const at = (values: number[]) => values.map((bytes, i) => [i, bytes]);
    expect(varianceOfS(at([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))).toBe(125);
    expect(varianceOfS(at([1, 2, 2, 3, 3, 3]))).toBeCloseTo((6 * 5 * 17 - 2 * 1 * 9 - 3 * 2 * 11) / 18);
  });
  test('slope and range are the ranks of the sorted slopes that Gilbert names', () => {
    const random = seeded(3);
    for (const count of [10, 11, 30, 31]) {
      const points = Array.from({ length: count }, (_, i) => [i - (i % 7 === 3 ? 1 : 0), Math.floor(random() * 6) + i / 4]);
      const slopes = points.flatMap(([t = 0, bytes = 0], j) =>
        points.slice(0, j).flatMap(([at = 0, before = 0]) => (t > at ? (bytes - before) / (t - at) : [])),
      );
      const sorted = slopes.sort((a, b) => a - b);
      const { value, low, high } = slopeOf(points, 21);
      expect(value).toBeCloseTo(median(sorted), 10);
      // M1 = (N − C) / 2 and M2 = (N + C) / 2; of them the M1-th and the one after the M2-th, counted from 1.
      expect(low).toBe(sorted[Math.floor((sorted.length - 21) / 2) - 1]);
      expect(high).toBe(sorted[Math.ceil((sorted.length + 21) / 2)]);
    }
  });
  test('a long series is thinned evenly, its ends kept', () => {
    const points = thin(Array.from({ length: 5_760 }, (_, i) => [i, i]));
    expect(points).toHaveLength(500);
    expect([points[0], points.at(-1)]).toEqual([
      [0, 0],
      [5_759, 5_759],
    ]);
    const gaps = points.slice(1).map(([t = 0], i) => t - (points[i]?.[0] ?? 0));
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
  });
});
