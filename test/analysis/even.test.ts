import { describe, expect, test } from '@jest/globals';
import { even, isRollUp } from '../../src/analysis/even.js';
import type { Sample } from '../../src/model/sample.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';

const single = (t: number, anon: number, over: Partial<Sample> = {}): Sample => ({ t, anon, ...over });
const rolled = (t: number, anon: number, leastAnon: number): Sample => ({ t, anon, leastAnon });

describe('samples at one resolution', () => {
  test('nothing is done where they are of one kind already', () => {
    for (const samples of [[], drawn('__/\\').samples, [rolled(0, 5, 4), rolled(5 * MINUTE, 5, 4)]])
      expect(even(samples)).toBe(samples);
  });
  test('· · · .:.:.: the single ones of five minutes become one, by their least', () => {
    const late = [7, 3, 9].map((anon, i) => single(5 * MINUTE + i * MINUTE, anon * MIB, { limit: i }));
    expect(even([rolled(MINUTE, 5 * MIB, 4 * MIB), ...late])).toEqual([
      rolled(MINUTE, 5 * MIB, 4 * MIB),
      { ...single(7 * MINUTE, 9 * MIB, { limit: 2 }), leastAnon: 3 * MIB },
    ]);
  });
  test('a slot that is half rolled up counts by the least of both', () => {
    const [one] = even([rolled(MINUTE, 5 * MIB, 2 * MIB), single(3 * MINUTE, 4 * MIB), rolled(6 * MINUTE, 1, 1)]);
    expect(one).toEqual({ ...single(3 * MINUTE, 4 * MIB), leastAnon: 2 * MIB });
  });
  test('what was not measured does not become a number', () => {
    const [, one] = even([rolled(0, 1, 1), { t: 6 * MINUTE, anon: 2 }, { t: 7 * MINUTE }]);
    expect(one).toEqual({ t: 7 * MINUTE });
  });
  test('a flat memory in noise is flat from roll-ups to single samples', () => {
    const noisy = drawn('_'.repeat(120), { noiseBytes: 40 * MIB }).samples;
    const slots = noisy
      .filter((_, i) => i % 20 === 0)
      .map(({ t }) => noisy.filter((one) => one.t >= t && one.t < t + 5 * MINUTE));
    const least = (slot: readonly Sample[]) => Math.min(...slot.map(({ anon = 0 }) => anon));
    const old = slots.slice(0, 12).map((slot) => rolled(slot[0]?.t ?? 0, 60 * MIB, least(slot)));
    const levels = even([...old, ...noisy.slice(240)]).map(({ leastAnon, anon }) => (leastAnon ?? anon ?? 0) / MIB);
    expect(levels).toHaveLength(24);
    for (const level of levels) expect(Math.abs(level - 42)).toBeLessThan(8);
  });
});

test('a roll-up is known by its least', () => expect([rolled(0, 1, 1), single(0, 1)].map(isRollUp)).toEqual([true, false]));
