import { median, quickselect } from 'simple-statistics';
import type { Range } from '../../src/model/assessment.js';
import { firing, type Points, presentLife, QUIET, type Rule, type Signal, UNKNOWN } from './rule.js';

/** All pairs are looked at, so that a long series is thinned to this many points, evenly by index: 125,000 pairs. */
const MAX_POINTS = 500;
/** Below it the normal approximation of S does not hold (Kendall 1975). */
const MIN_POINTS = 10;
/** Two-sided p < 0.05. */
const Z = 1.96;

/**
 * Mann–Kendall (Mann 1945, Kendall 1975): S counts the pairs that rise less those that fall; with its variance corrected for ties it
 * is normal when there is no trend and samples do not remember each other. Theil–Sen (Sen 1968): the slope is the median of the
 * pairs' slopes, its 95 % range from the same variance (Gilbert 1987, chapter 16). The pair of them is what the software-aging
 * literature uses (Machida et al., ISSREW 2013), on RSS.
 *
 *            ·
 *      ·             six pairs: five rise, one falls, S = 4
 *         ·
 *   ·
 */
export function mannKendall(signal: Signal): Rule {
  return (line) => {
    const points = thin(presentLife(line, signal));
    if (points.length < MIN_POINTS) return UNKNOWN;
    const deviation = Math.sqrt(varianceOfS(points));
    if ((scoreOf(points) - 1) / deviation <= Z) return QUIET;
    const { value, low, high } = slopeOf(points, Z * deviation);
    const levelNow = median(points.map(([t = 0, bytes = 0]) => bytes - value * t));
    return firing(line, value, levelNow, low, high);
  };
}

export function thin(points: Points, most = MAX_POINTS): Points {
  if (points.length <= most) return points;
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => points[Math.round(i * step)] ?? []);
}

/** S: pairs that rise less pairs that fall. Plain loops, here and below: the peer's cost must not be ours to choose. */
function scoreOf(points: Points): number {
  const values = points.map(([, bytes = 0]) => bytes);
  let s = 0;
  for (let j = 1; j < values.length; j += 1) {
    const later = values[j] ?? 0;
    for (let i = 0; i < j; i += 1) s += Math.sign(later - (values[i] ?? 0));
  }
  return s;
}

/** The median of the pairs' slopes; the range: the slopes whose ranks are half of `reach` away from the middle to either side. */
export function slopeOf(points: Points, reach: number): Range {
  const [times, values] = [points.map(([t = 0]) => t), points.map(([, bytes = 0]) => bytes)];
  const slopes: number[] = [];
  for (let j = 1; j < times.length; j += 1) {
    const [t = 0, bytes = 0] = [times[j], values[j]];
    for (let i = 0; i < j; i += 1) if (t > (times[i] ?? 0)) slopes.push((bytes - (values[i] ?? 0)) / (t - (times[i] ?? 0)));
  }
  const middle = Math.floor(slopes.length / 2);
  // In this order: each selection leaves what is smaller on its left.
  const value = (nth(slopes, middle) + nth(slopes, Math.ceil(slopes.length / 2) - 1, 0, middle)) / 2;
  const low = nth(slopes, Math.max(0, Math.floor((slopes.length - reach) / 2) - 1), 0, middle);
  const high = nth(slopes, Math.min(slopes.length - 1, Math.ceil((slopes.length + reach) / 2)), middle);
  return { value, low, high };
}

/** [n (n − 1) (2n + 5) − Σ t (t − 1) (2t + 5)] / 18 over groups of t equal values. */
export function varianceOfS(points: Points): number {
  const groups = new Map<number, number>();
  for (const [, bytes = 0] of points) groups.set(bytes, (groups.get(bytes) ?? 0) + 1);
  const term = (n: number) => n * (n - 1) * (2 * n + 5);
  return [...groups.values()].reduce((sum, t) => sum - term(t), term(points.length)) / 18;
}

/** The value of this rank, from 0, which is known to be between two places of the array; reorders them. */
function nth(values: number[], rank: number, left = 0, right = values.length - 1): number {
  quickselect(values, rank, left, right);
  return values[rank] ?? 0;
}
