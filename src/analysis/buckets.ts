import { quantile } from 'simple-statistics';

export type Point = { readonly t: number; readonly bytes: number };

/** Enough to see a bend, few enough that all pairs of them can be looked at. */
const MAX_BUCKETS = 60;
const MIN_PER_BUCKET = 2;
/** A floor is under several teeth, so that it does not rise and fall with one; but not so wide that nothing bends any more. */
const TEETH_PER_BUCKET = 3;
const MIN_BUCKETS_WITH_TEETH = 12;
/** A fall of this share of the usual range is a collection; five of them are a sawtooth. Choices. */
const TOOTH = 0.3;
const MIN_TEETH = 5;
/** What is left after the garbage collector has been: low, but not one lucky sample. A choice. */
const FLOOR = 0.2;

/**
 * The floor under a sawtooth: the low fifth of each of up to 60 equal spans of time. What leaks lifts the floor; what a
 * collector gives back does not count.
 *
 *      /|  /|  /|  /|
 *     / | / | / | / |        samples
 *    ___|___|___|___|___     floor
 */
export function floorOf(points: readonly Point[]): Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.t <= first.t) return [];
  const count = Math.max(2, Math.min(MAX_BUCKETS, Math.floor(points.length / MIN_PER_BUCKET), bucketsOverTeeth(points)));
  const width = (last.t - first.t) / count;
  const buckets: Point[][] = Array.from({ length: count }, () => []);
  for (const point of points) buckets[Math.min(count - 1, Math.floor((point.t - first.t) / width))]?.push(point);
  return buckets
    .filter((bucket) => bucket.length > 0)
    .map((bucket) => ({
      t: bucket.reduce((sum, { t }) => sum + t, 0) / bucket.length,
      bytes: quantile(
        bucket.map(({ bytes }) => bytes),
        FLOOR,
      ),
    }));
}

function bucketsOverTeeth(points: readonly Point[]): number {
  const sizes = points.map(({ bytes }) => bytes);
  const fall = TOOTH * (quantile(sizes, 0.95) - quantile(sizes, 0.05));
  const teeth = sizes.filter((bytes, i) => fall > 0 && (sizes[i - 1] ?? bytes) - bytes > fall).length;
  return teeth < MIN_TEETH ? MAX_BUCKETS : Math.max(MIN_BUCKETS_WITH_TEETH, Math.floor(teeth / TEETH_PER_BUCKET));
}
