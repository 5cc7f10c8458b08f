import { describe, expect, test } from '@jest/globals';
import { columnsOf } from '../../src/analysis/columns.js';
import { even } from '../../src/analysis/even.js';
import type { Sample } from '../../src/model/sample.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';

const single = (t: number, anon: number, over: Partial<Sample> = {}): Sample => ({ t, anon, ...over });
const rolled = (t: number, anon: number, leastAnon: number, over: Partial<Sample> = {}): Sample => ({
  t,
  anon,
  leastAnon,
  ...over,
});
const evened = (samples: readonly Sample[]) => even(columnsOf(samples));

describe('samples at one resolution', () => {
  test('nothing is done where they are of one kind already', () => {
    for (const samples of [[], drawn('__/\\').samples, [rolled(0, 5, 4), rolled(5 * MINUTE, 5, 4)]]) {
      const columns = columnsOf(samples);
      expect(even(columns)).toBe(columns);
    }
  });
  test('· · · .:.:.: the single ones of five minutes become one, by their least', () => {
    const late = [7, 3, 9].map((anon, i) => single(5 * MINUTE + i * MINUTE, anon * MIB, { file: 1000 * (i + 1), cpuNanos: i }));
    const { t, anon, used, file, cpu } = evened([rolled(MINUTE, 5 * MIB, 4 * MIB), ...late]);
    expect([...t]).toEqual([MINUTE, 7 * MINUTE]);
    expect([...anon]).toEqual([4 * MIB, 3 * MIB]);
    expect([...used]).toEqual([5 * MIB, 9 * MIB]);
    expect([...file]).toEqual([Number.NaN, 3000]);
    expect([0, 1].map((row) => cpu?.(row))).toEqual([Number.NaN, 2]);
  });
  test('a slot that is half rolled up counts by the least of both', () => {
    const { t, anon } = evened([rolled(MINUTE, 5 * MIB, 2 * MIB), single(3 * MINUTE, 4 * MIB), rolled(6 * MINUTE, 1, 1)]);
    expect([...t]).toEqual([3 * MINUTE, 6 * MINUTE]);
    expect([...anon]).toEqual([2 * MIB, 1]);
  });
  test('what was not measured does not become a number, and what was is not lost by it', () => {
    const shmem = { shmem: 7, leastShmem: 5 };
    const late = [
      single(6 * MINUTE, 2),
      single(7 * MINUTE, 3, { shmem: 4 }),
      single(11 * MINUTE, 3, { shmem: 4 }),
      single(12 * MINUTE, 3),
    ];
    expect([...evened([rolled(0, 1, 1, shmem), ...late]).shmem]).toEqual([5, 4, Number.NaN]);
  });
  test('a flat memory in noise is flat from roll-ups to single samples', () => {
    const noisy = drawn('_'.repeat(120), { noiseBytes: 40 * MIB }).samples;
    const slots = noisy
      .filter((_, i) => i % 20 === 0)
      .map(({ t }) => noisy.filter((one) => one.t >= t && one.t < t + 5 * MINUTE));
    const leastOf = (slot: readonly Sample[]) => Math.min(...slot.map(({ anon = 0 }) => anon));
    const old = slots.slice(0, 12).map((slot) => rolled(slot[0]?.t ?? 0, 60 * MIB, leastOf(slot)));
    const levels = [...evened([...old, ...noisy.slice(240)]).anon].map((bytes) => bytes / MIB);
    expect(levels).toHaveLength(24);
    for (const level of levels) expect(Math.abs(level - 42)).toBeLessThan(8);
  });
});
