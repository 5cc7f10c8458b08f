import { describe, expect, test } from '@jest/globals';
import { heapRate } from '../../src/analysis/heap-rate.js';
import { diceOf } from '../support/pprof/busy-heap.js';

const HOUR = 3_600_000;
const MIB = 2 ** 20;
const EVERY = 512 * 1_024;
const hours = (...at: number[]) => at.map((hour) => hour * HOUR);
const mib = (...held: number[]) => held.map((one) => one * MIB);

describe('how fast a function grows', () => {
  test('a straight line over three heaps: its slope, and what sampling leaves open', () => {
    const rate = heapRate(hours(0, 2, 5), mib(10, 46, 100), EVERY);
    expect((rate?.value ?? 0) / MIB).toBeCloseTo(18);
    // √(0.5 MiB · 90.5 MiB) is 6.7 MiB, over 5 h, twice.
    const sampling = (1.96 * Math.sqrt(0.5 * 90.5)) / 5;
    expect(((rate?.high ?? 0) - (rate?.value ?? 0)) / MIB).toBeGreaterThan(sampling);
    expect(((rate?.high ?? 0) - (rate?.value ?? 0)) / MIB).toBeLessThan(2 * sampling);
    const two = heapRate(hours(0, 5), mib(10, 100), EVERY);
    expect(((two?.high ?? 0) - (two?.value ?? 0)) / MIB).toBeCloseTo(sampling, 1);
  });
  test('one heap in the middle of a batch does not move it', () => {
    const rate = heapRate(hours(0, 1, 2, 3, 4, 5, 6), mib(10, 20, 30, 400, 50, 60, 70), EVERY);
    expect((rate?.value ?? 0) / MIB).toBeCloseTo(10, 0);
    expect((rate?.low ?? 0) / MIB).toBeLessThan(0);
  });
  test('a staircase is less certain than a line', () => {
    const width = (held: number[]) => {
      const rate = heapRate(hours(0, 1, 2, 3), held, null);
      return (rate?.high ?? 0) - (rate?.low ?? 0);
    };
    expect(width(mib(0, 0, 0, 90))).toBeGreaterThan(5 * width(mib(0, 31, 59, 90)));
  });
  test.each([
    ['one heap', hours(0), mib(5), EVERY],
    ['half a minute', hours(0, 1 / 120), mib(5, 6), EVERY],
    ['two that were counted, not sampled', hours(0, 1), mib(5, 6), null],
    ['no time between them', hours(1, 1, 1), mib(5, 6, 7), EVERY],
  ])('nothing is said of %s', (_, at, held, every) => expect(heapRate(at, held, every)).toBeNull());
});

/**
 * A leak of so many MiB an hour seen through a profiler that keeps one block in so many, which is what makes the figures of Go's heaps
 * noisy; beside it, something that comes and goes.
 */
function leak(perHour: number, at: readonly number[], others: number, dice: (below: number) => number): number[] {
  let samples = 0;
  return at.map((hour, i) => {
    const expected = (perHour * MIB * (hour - (at[i - 1] ?? 0))) / EVERY;
    samples += poisson(expected, dice);
    return samples * EVERY + poisson(others, dice) * EVERY;
  });
}

function poisson(mean: number, dice: (below: number) => number): number {
  let [count, product] = [0, 1];
  const least = Math.exp(-Math.min(mean, 600));
  for (;;) {
    product *= (dice(2 ** 30) + 1) / 2 ** 30;
    if (product < least) return count;
    count += 1;
  }
}

test.each([
  ['two heaps', [0, 5], 0],
  ['three', [0, 2, 5], 0],
  ['six, and a buffer that is there or not', [0, 1, 2, 3, 4, 5], 20],
  ['three, and a buffer', [0, 2, 5], 20],
])('the range holds the truth 95 times in 100: %s', (_, at, others) => {
  const dice = diceOf(20_261_128);
  const runs = 800;
  let held = 0;
  let width = 0;
  for (let run = 0; run < runs; run += 1) {
    const rate = heapRate(hours(...at), leak(18, at, others, dice), EVERY);
    if (!rate) throw new Error('no rate');
    if (rate.low <= 18 * MIB && 18 * MIB <= rate.high) held += 1;
    width += (rate.high - rate.low) / MIB / runs;
  }
  expect(held / runs).toBeGreaterThan(0.92);
  // No wider than is of use: ±35 % at the worst.
  expect(width).toBeLessThan(0.7 * 18);
});
