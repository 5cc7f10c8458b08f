import { describe, expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import type { Assessment, Series } from '../../src/model/assessment.js';
import type { Sample } from '../../src/model/sample.js';
import { holding } from '../../src/offline/held.js';
import { type Drawing, drawn, MIB, MINUTE, seeded } from '../support/draw-series.js';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TEN: Drawing = { charMs: 30 * MINUTE, intervalMs: MINUTE, baseBytes: 100 * MIB, noiseBytes: 3 * MIB, ageMs: 30 * DAY };
const CALM = '_'.repeat(20 * 24);

/** As the live store holds it: roll-ups of five minutes, and single samples of the last two hours. */
function held(picture: string, drawing: Drawing = {}, of: (t: number) => number = () => 0): Series {
  const series = drawn(picture, { ...TEN, ...drawing });
  const samples = series.samples.map((one): Sample => ({ ...one, anon: Math.round((one.anon ?? 0) + of(one.t) * MIB) }));
  return { ...series, samples: holding(samples).at(series.toMs) };
}
const judged = (series: Series): Assessment => assess(series, series.toMs);
const hoursBack = ({ onsetMs }: Assessment, { toMs }: Series) => (toMs - (onsetMs ?? Number.NaN)) / HOUR;
/** The tide of each day, MiB. */
const tide = (t: number) => 30 * (1 - Math.cos((2 * Math.PI * t) / DAY));

describe('after ten calm days of roll-ups', () => {
  test('_______/ a leak of the last hour and a half is seen, and since when', () => {
    const series = held(`${CALM}///`, { stepBytes: 30 * MIB });
    const found = judged(series);
    expect(found.verdict).toBe('leaking');
    expect((found.growthBytesPerHour?.value ?? 0) / (60 * MIB)).toBeCloseTo(1, 0);
    expect(hoursBack(found, series)).toBeGreaterThan(1);
    expect(hoursBack(found, series)).toBeLessThan(2.5);
  });
  test('______/ one of the last day too', () => {
    const series = held(`${CALM}${'/'.repeat(48)}`, { stepBytes: 3 * MIB });
    const found = judged(series);
    expect(found.verdict).toBe('leaking');
    expect(Math.abs(hoursBack(found, series) - 24)).toBeLessThan(8);
  });
  test('________ calm stays calm, where the floor passes from roll-ups to single samples', () => {
    for (let seed = 1; seed <= 5; seed += 1) expect(judged(held(CALM, { noiseBytes: 20 * MIB, seed })).verdict).toBe('stable');
  });
  test('.-.-.-.- the rise of a day like every day is no leak', () => {
    for (const hour of [4, 8, 12]) expect(judged(held(`${CALM}${'_'.repeat(2 * hour)}`, {}, tide)).verdict).not.toBe('leaking');
  });
  test('.-.-.-./ beyond what every day does, it is', () => {
    const more = (t: number) => tide(t) + 25 * Math.max(0, (t - 10 * DAY) / HOUR);
    const series = held(`${CALM}${'_'.repeat(16)}`, { limitBytes: 900 * MIB }, more);
    expect(judged(series).verdict).toBe('leaking');
  });
});

test('/////// a slow leak of the whole life is seen in all of it', () => {
  const noise = seeded(5);
  const moods = Array.from({ length: 24 * 11 }, () => 8 * noise());
  const series = held(CALM, {}, (t) => (6 * t) / DAY + (moods[Math.floor(t / HOUR)] ?? 0));
  const found = judged(series);
  expect(found.verdict).toBe('leaking');
  expect((found.growthBytesPerHour?.value ?? 0) / (MIB / 4)).toBeCloseTo(1, 0);
  expect(found.onsetMs).toBeUndefined();
});

test('‾‾‾‾|_.-· growth within what the life before did every hour is not sure; beyond it, it is', () => {
  const before = (mib: number) => (t: number) => (t < 20 * HOUR ? mib : 0);
  const grown = (mib: number) =>
    judged(held(`${'_'.repeat(40)}!${'/'.repeat(20)}`, { stepBytes: 2.5 * MIB, limitBytes: 900 * MIB }, before(mib)));
  expect(grown(100).verdict).not.toBe('leaking');
  expect(grown(0).verdict).toBe('leaking');
});

describe('____|‾‾ a step half an hour ago, in a service that is known for a few hours only', () => {
  // At five minutes apart its top is two or three points, which a steep line goes through as well.
  const steps = [25, 30, 35, 40].flatMap((minutes) => [1, 2, 3, 4].map((seed) => [minutes, seed] as const));
  const stepped = (minutes: number, seed: number) => {
    const young: Drawing = { baseBytes: 730 * MIB, noiseBytes: MIB, limitBytes: 1500 * MIB, seed, ageMs: 3 * DAY };
    return held('_'.repeat(8), young, (t) => (t < 4 * HOUR - minutes * MINUTE ? 0 : 320));
  };
  test('is no leak, and no rate is made of it', () => {
    for (const [minutes, seed] of steps) {
      const { verdict, growthBytesPerHour } = judged(stepped(minutes, seed));
      expect({ minutes, seed, verdict }).not.toMatchObject({ verdict: 'leaking' });
      expect((growthBytesPerHour?.value ?? 0) / MIB).toBeLessThan(200);
    }
  });
});
