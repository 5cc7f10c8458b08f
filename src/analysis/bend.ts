import { linearRegression } from 'simple-statistics';
import type { Point } from './buckets.js';

/** The part after the bend must be long enough to be judged by itself: a quarter of all, and this many. */
const MIN_TAIL = 8;
/** A bend must make the fit this much better, or a straight line has the benefit. A choice. */
const WORTH_IT = 4;

/**
 * Where the present behaviour began: a cache that filled and is flat now is flat, a leak that began an hour ago is that leak.
 * Tries every place for one bend between two lines; gives the index of the first point of the last one, 0 when there is none.
 *
 *          ______            /
 *         /                 /
 *        /            _____/
 *     filled, flat    deployed, leaks
 */
export function lastBend(points: readonly Point[]): number {
  let start = 0;
  // Twice: a warm-up in two stages (code, then cache) has two bends.
  for (let round = 0; round < 2; round += 1) {
    const bend = bendOf(points.slice(start));
    if (bend === 0) break;
    start += bend;
  }
  return start;
}

function bendOf(points: readonly Point[]): number {
  const tail = Math.max(MIN_TAIL, Math.ceil(points.length / 4));
  const straight = misfit(points);
  let best = { at: 0, misfit: straight / WORTH_IT };
  for (let at = 1; at <= points.length - tail; at += 1) {
    const both = misfit(points.slice(0, at)) + misfit(points.slice(at));
    if (both < best.misfit) best = { at, misfit: both };
  }
  return best.at;
}

/** Sum of squared distances from the least-squares line, plus what counting in pages alone would leave. */
function misfit(points: readonly Point[]): number {
  const origin = points[0]?.t ?? 0;
  const { m, b } = linearRegression(points.map(({ t, bytes }) => [t - origin, bytes]));
  return points.reduce((sum, { t, bytes }) => sum + (bytes - b - m * (t - origin)) ** 2, points.length * 4096 ** 2);
}
