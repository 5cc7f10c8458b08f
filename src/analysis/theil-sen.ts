import { median, quantile, standardDeviation } from 'simple-statistics';
import type { Range } from '../model/assessment.js';

const HOUR_MS = 3_600_000;
/** Resolution of a page-counted figure: no range is narrower than that of a page's rounding. */
const PAGE_BYTES = 4096;

type Point = { readonly t: number; readonly bytes: number };
export type Fit = { readonly bytesPerHour: Range; at(t: number): number };

/**
 * Theil–Sen: the median of the slopes between all pairs (Sen 1968), which a third of the points may disturb without moving
 * it. The range is the wider of two: the middle 95 % spread of those slopes brought down to an estimate's error, and that of a
 * regression whose residuals remember each other (their effective number is smaller than their count).
 */
export function fitLine(points: readonly Point[]): Fit | null {
  const slopes: number[] = [];
  for (let i = 0; i < points.length; i += 1) {
    for (let j = i + 1; j < points.length; j += 1) {
      const [a, b] = [points[i], points[j]];
      if (a && b && b.t > a.t) slopes.push((b.bytes - a.bytes) / (b.t - a.t));
    }
  }
  if (points.length < 4 || slopes.length === 0) return null;
  const slope = median(slopes);
  const intercept = median(points.map(({ t, bytes }) => bytes - slope * t));
  const residuals = points.map(({ t, bytes }) => bytes - intercept - slope * t);
  const times = points.map(({ t }) => t);
  const independent = Math.max(3, (points.length * (1 - memory(residuals))) / (1 + memory(residuals)));
  const noise = Math.max(standardDeviation(residuals), PAGE_BYTES);
  const byRegression = (studentT(independent) * noise) / (standardDeviation(times) * Math.sqrt(independent));
  const bySlopes = (quantile(slopes, 0.84) - quantile(slopes, 0.16)) / Math.sqrt(independent);
  const error = Math.max(byRegression, bySlopes) * HOUR_MS;
  const value = slope * HOUR_MS;
  return { bytesPerHour: { value, low: value - error, high: value + error }, at: (t) => intercept + slope * t };
}

/** How much a residual tells of the next one: lag-1 autocorrelation, between 0 and 0.9. */
function memory(residuals: readonly number[]): number {
  const energy = residuals.reduce((sum, r) => sum + r * r, 0);
  if (energy === 0) return 0;
  const shared = residuals.slice(1).reduce((sum, r, i) => sum + r * (residuals[i] ?? 0), 0);
  return Math.min(0.9, Math.max(0, shared / energy));
}

/** The 97.5 % point of Student's t, near enough: 2.0 for many, more for few. */
function studentT(n: number): number {
  return 1.96 + 5 / Math.max(1, n - 2);
}
