import { median } from 'simple-statistics';
import type { Range } from '../model/range.js';

const HOUR_MS = 3_600_000;
/** A rate per hour from less than this would be an extrapolation of sixty times and more. */
const LEAST_MS = 60_000;
/** Knowing how a profile was sampled counts as so many residuals. A choice, checked by simulation (`test/analysis/heap-rate.test.ts`). */
const PRIOR = 4;
/** 97.5 % points of Student's t for 1, 2, … degrees of freedom (tables; NIST handbook 1.3.6.7.2); beyond, `1.96 + 2.7 / degrees` is within 0.01. */
const STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306];
const NORMAL = 1.96;

/**
 * How fast a function grows over the heaps that it is seen in: value per hour, with the range that holds it 95 times in 100. The median of
 * the slopes between all pairs (Theil–Sen): one heap in the middle of a batch does not move it.
 *
 *     held                    · one heap during a batch
 *       |               __--·        median slope
 *       |       __--·
 *       |  ·--
 *       +----------------------- takenAtMs
 *
 * Two things make it uncertain, and their errors add as squares do.
 *
 *  - **Sampling.** A profiler that looks at one in R bytes counts samples, and counts spread like their root: growth of G bytes has a
 *    standard deviation of √(R·G) (Poisson; of objects larger than R it is less). Known before anything is seen, from two heaps on.
 *  - **What the program does** beside growing: residuals of the line. Three points have one residual to spare, which alone says next to
 *    nothing (t = 12.7): where sampling is known, that counts as residuals of nothing beside it (as Smyth 2004 shrinks variances of few).
 *
 * Null: fewer than two heaps, less than a minute between them, or two that were not sampled: one difference has no range.
 */
export function heapRate(takenAtMs: readonly number[], held: readonly number[], sampledEvery: number | null): Range | null {
  const hours = takenAtMs.map((ms) => (ms - (takenAtMs[0] ?? 0)) / HOUR_MS);
  const n = Math.min(hours.length, held.length);
  const span = (hours[n - 1] ?? 0) - (hours[0] ?? 0);
  if (n < 2 || span * HOUR_MS < LEAST_MS || (n === 2 && sampledEvery === null)) return null;
  const value = median(pairSlopes(hours, held));
  const residual = n < 3 ? 0 : byResiduals(hours, held, value, sampledEvery === null ? 0 : PRIOR);
  const error = Math.hypot(samplingError(held, sampledEvery) / span, residual);
  return { value, low: value - error, high: value + error };
}

/** What sampling leaves open of a difference between two heaps or more, 95 times in 100; 0 where all was counted. */
export function samplingError(held: readonly number[], sampledEvery: number | null): number {
  if (sampledEvery === null) return 0;
  const steps = held.slice(1).map((one, i) => Math.abs(one - (held[i] ?? 0)));
  return NORMAL * Math.sqrt(sampledEvery * (sum(steps) + sampledEvery));
}

function pairSlopes(hours: readonly number[], held: readonly number[]): number[] {
  return hours.flatMap((from, i) =>
    hours.slice(i + 1).flatMap((to, j) => (to > from ? [((held[i + 1 + j] ?? 0) - (held[i] ?? 0)) / (to - from)] : [])),
  );
}

function byResiduals(hours: readonly number[], held: readonly number[], slope: number, prior: number): number {
  const n = hours.length;
  const [meanHour, meanHeld] = [sum(hours) / n, sum(held) / n];
  const spread = sum(hours.map((hour) => (hour - meanHour) ** 2));
  const rss = sum(held.map((one, i) => (one - meanHeld - slope * ((hours[i] ?? 0) - meanHour)) ** 2));
  const degrees = prior + n - 2;
  return (STUDENT[degrees - 1] ?? NORMAL + 2.7 / degrees) * Math.sqrt(rss / degrees / spread);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
