import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { adviseLimit, roundedUp, usedHistory } from '../../src/analysis/limit-advice.js';
import { HEADROOM } from '../../src/model/limits.js';
import { drawn, MIB } from '../support/draw-series.js';

const HOUR = 3_600_000;
/** One character an hour: 60 MiB of heap and 2 of the kernel at the bottom, 4 MiB more a step. */
const hourly = (picture: string, over = {}) => drawn(picture, { charMs: HOUR, intervalMs: 5 * 60_000, ...over });
const advise = (series: ReturnType<typeof hourly>, leaks = false) => adviseLimit(series.replica, usedHistory(series), leaks);
const A_DAY = '_'.repeat(13);

describe('what was used', () => {
  test('now, the most, and over how long; holes and restarts left out', () => {
    const used = usedHistory(hourly(`${A_DAY}//\\\\${' '.repeat(10)}____`));
    expect(used).toMatchObject({ nowBytes: 62 * MIB, limitBytes: 256 * MIB });
    expect(used.mostBytes).toBeCloseTo(70 * MIB, -4);
    expect(used.coveredMs / HOUR).toBeCloseTo(21, 0);
  });

  test('page cache is not counted', () => {
    expect(usedHistory(hourly(A_DAY, { file: () => 190 * MIB })).mostBytes).toBe(62 * MIB);
  });

  test('nothing, where nothing was measured', () => {
    const { replica } = hourly('_');
    expect(usedHistory({ replica, samples: [{ t: 1 }] })).toEqual({ limitBytes: 256 * MIB, coveredMs: 0 });
  });
});

describe('a limit', () => {
  test('is a quarter above the most that was used in a day or more, rounded up', () => {
    const { standing, suggested } = advise(hourly(`${A_DAY}////////\\\\\\\\\\\\\\\\`, { limitBytes: null }));
    expect(standing).toBe('no-limit');
    expect(suggested).toEqual({ kind: 'size', bytes: 128 * MIB, atLeast: false });
  });

  test('is not suggested for what leaks, for the young, and without data', () => {
    const day = hourly(A_DAY.repeat(2), { limitBytes: null });
    expect(advise(day, true).suggested.kind).toBe('leaking');
    expect(advise(hourly(A_DAY, { limitBytes: null })).suggested.kind).toBe('too-short');
    expect(advise(hourly(' ')).suggested.kind).toBe('no-data');
  });

  test('near it: the most is 85 % of it, though it is not now', () => {
    const peak = `${A_DAY}/\\${A_DAY}`;
    expect(advise(hourly(peak, { limitBytes: 77 * MIB })).standing).toBe('near');
    expect(advise(hourly(peak, { limitBytes: 79 * MIB })).standing).toBe('fine');
    expect(advise(hourly(' ')).standing).toBe('untold');
  });

  test('is a lower bound where the limit itself, or the kernel, kept it down', () => {
    const peak = `${A_DAY}/\\${A_DAY}`;
    expect(advise(hourly(peak, { limitBytes: 67 * MIB })).suggested).toMatchObject({ atLeast: true });
    expect(advise(hourly(peak, { limitBytes: 72 * MIB })).suggested).toMatchObject({ atLeast: false });
    const calm = hourly(peak);
    const killed = { ...calm, replica: { ...calm.replica, run: { ...calm.replica.run, oomKills: 1 } } };
    expect(advise(killed).suggested).toMatchObject({ atLeast: true });
  });

  test('never below what near it needs, and in sizes that people write', () => {
    expect([1, 16, 17, 500, 513, 700, 1025, 3000].map((mib) => roundedUp(mib * MIB) / MIB)).toEqual([
      ...[16, 16, 20, 512, 640, 768, 1280, 3072],
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 45 }), (most) => {
        const size = roundedUp((1 + HEADROOM) * most);
        expect(size).toBeGreaterThanOrEqual(1.25 * most);
        expect(size).toBeLessThanOrEqual(Math.max(16 * MIB, 1.25 * 1.25 * most));
        expect(size % MIB).toBe(0);
      }),
    );
  });
});
