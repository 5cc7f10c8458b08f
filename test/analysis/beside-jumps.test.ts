import { describe, expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import type { Assessment } from '../../src/model/assessment.js';
import { drawn, MIB, MINUTE, seeded } from '../support/draw-series.js';

const HOUR = 60 * MINUTE;

/** A process that was started just before, by its anon (MiB, at a time in hours); a sample every 15 s. */
function course(hours: number, anonMib: (hour: number) => number, seed = 1): Assessment {
  const noise = seeded(seed);
  const blank = drawn('', { ageMs: 5_000, limitBytes: 2_000 * MIB });
  const samples = Array.from({ length: hours * 240 }, (_, i) => {
    const t = i * 15_000;
    return { t, anon: Math.round((anonMib(t / HOUR) + noise()) * MIB) };
  });
  return assess({ ...blank, samples, toMs: hours * HOUR }, hours * HOUR);
}
const perHour = ({ growthBytesPerHour }: Assessment) => (growthBytesPerHour?.value ?? Number.NaN) / MIB;
const seeds = [1, 2, 3, 4, 5];

describe('a step, and a leak from there on', () => {
  test.each(seeds)('___|..-/ it is at the step, not beside it, and the leak is told (%i)', (seed) => {
    const found = course(2, (hour) => 100 + (hour > 1 / 3 ? 50 + 20 * (hour - 1 / 3) : 0), seed);
    expect(found.verdict).toBe('leaking');
    expect(Math.abs(perHour(found) - 20)).toBeLessThan(1);
    expect(Math.abs((found.onsetMs ?? 0) - 20 * MINUTE)).toBeLessThan(5 * MINUTE);
  });
});

describe('what is called stable has no rate of growth beside it', () => {
  test.each(seeds)('____| a step just now is none (%i)', (seed) => {
    const found = course(24, (hour) => 600 + (hour > 22.4 ? 300 : 0), seed);
    expect(found.verdict).toBe('stable');
    expect(Math.abs(perHour(found))).toBeLessThan(2);
  });
  test('.-‾‾‾__-- what warmed up, and surely fills the rest within two weeks, is called leaking or suspicious', () => {
    const rates = Array.from({ length: 20 }, (_, i) => i);
    const found = seeds.flatMap((seed) =>
      rates.map((rate) => course(1.5, (hour) => 100 + 150 * (1 - Math.exp(-6 * hour)) + rate * hour, seed)),
    );
    // Less than this has not gained a fiftieth of the level yet.
    for (const one of found.filter(({ verdict }) => verdict === 'stable')) expect(perHour(one)).toBeLessThan(10);
    expect(found.filter(({ explanation }) => explanation.includes('still grows')).length).toBeGreaterThan(3);
  });
});

describe('stairs', () => {
  const stairs = (hour: number) => 40 * Math.floor(hour + 0.1);

  test.each(seeds)('__|‾‾|‾‾ that go on are a leak, by the line through them (%i)', (seed) => {
    const found = course(6, (hour) => 1_100 + stairs(hour), seed);
    expect(found.verdict).toBe('leaking');
    expect(found.shape).toBe('stairs');
    expect(Math.abs(perHour(found) - 40)).toBeLessThan(5);
    const { low = Number.NaN, high = Number.NaN } = found.growthBytesPerHour ?? {};
    expect(low / MIB).toBeLessThan(40);
    expect(high / MIB).toBeGreaterThan(40);
  });
  test.each(seeds)('__|‾|‾|‾‾‾‾‾‾‾ that have ended are none (%i)', (seed) => {
    expect(course(12, (hour) => 1_100 + stairs(Math.min(hour, 5)), seed).verdict).toBe('stable');
  });
  test.each(seeds)('__|‾|__|‾|__ up and down are none (%i)', (seed) => {
    expect(course(10, (hour) => 1_100 + (Math.floor(hour / 2) % 2) * 40, seed).verdict).toBe('stable');
  });
});

describe('batches that last longer than a span of the floor', () => {
  const batch = (hour: number) => (hour % 24 > 7 && hour % 24 < 8.7 ? 150 : 0);

  test.each(seeds)('_|_-|-‾|‾ what leaks under them is told (%i)', (seed) => {
    const found = course(72, (hour) => 200 + hour / 2 + batch(hour), seed);
    expect(found.verdict).toBe('leaking');
    expect(Math.abs(perHour(found) - 0.5)).toBeLessThan(0.05);
  });
  test.each(seeds)('_|__|__|_ what does not leak is not called so (%i)', (seed) => {
    expect(course(72, (hour) => 200 + batch(hour), seed).verdict).toBe('stable');
  });
  test.each(seeds)('_______| one that runs now is no leak yet (%i)', (seed) => {
    expect(course(72, (hour) => 200 + (hour > 70.5 ? 150 : 0), seed).verdict).not.toBe('leaking');
  });
});
