import { quantileOf, thinned } from './quantile.js';

/** One part of memory over time: Unix ms (in order) and bytes, of the same length. */
export type Track = { readonly t: Float64Array; readonly bytes: Float64Array };
export const EMPTY: Track = { t: new Float64Array(0), bytes: new Float64Array(0) };

/** Enough to see a bend, few enough to hold hundreds of shapes against them. */
export const BUCKETS = 48;
const MIN_PER_BUCKET = 2;
/** What is left after the collector has been: low, but not one lucky sample. A choice. */
export const FLOOR = 0.2;
/** A fall of this share of the usual range is a collection; so many of them are a sawtooth. Choices. */
const TOOTH = 0.3;
const MIN_TEETH = 5;
/** A bucket over teeth holds at least one whole one, also of the longer ones; fewer buckets than these tell nothing. */
const TEETH_PER_BUCKET = 1.2;
const MIN_BUCKETS = 12;
const UNDER_TEETH = 0.02;

/**
 * The floor under the samples, at most 48 points: what leaks lifts it; what a collector gives back, or a batch takes for an hour,
 * does not. The low fifth of each of 48 spans of time; where there is a sawtooth, spans of at least one whole tooth, and the
 * lowest of each.
 *
 *      /|  /|  /|  /|            .·..·.·.·..
 *     / | / | / | / |            ___________
 *    *  |*  |*  |*  |*           a fifth of them is lower
 */
export function floorOf(track: Track): Track {
  const span = (track.t.at(-1) ?? 0) - (track.t[0] ?? 0);
  const tooth = toothMs(track);
  const wide = tooth === null ? 0 : Math.floor(span / (tooth * TEETH_PER_BUCKET));
  if (wide >= MIN_BUCKETS && wide < BUCKETS) return bucketed(track, wide, UNDER_TEETH);
  return bucketed(track, BUCKETS, FLOOR);
}

/** Each of at most `count` equal spans of time as one point: the mean of its times, the quantile of its bytes. */
export function bucketed({ t, bytes }: Track, count: number, share: number, perBucket = MIN_PER_BUCKET): Track {
  const [first, last] = [t[0] ?? 0, t.at(-1) ?? 0];
  const buckets = Math.min(count, Math.floor(t.length / perBucket));
  if (buckets < 2 || last <= first) return EMPTY;
  const width = (last - first) / buckets;
  // In it a bucket is reordered: as long as the longest so far, since a copy of all costs memory for all.
  let scratch = new Float64Array(2 * Math.ceil(t.length / buckets));
  const times = new Float64Array(buckets);
  const values = new Float64Array(buckets);
  let filled = 0;
  let from = 0;
  for (let bucket = 1; bucket <= buckets; bucket += 1) {
    const end = bucket === buckets ? Number.POSITIVE_INFINITY : first + bucket * width;
    let to = from;
    let sum = 0;
    for (; to < t.length && (t[to] ?? 0) < end; to += 1) sum += (t[to] ?? 0) - first;
    if (to > from) {
      times[filled] = first + sum / (to - from);
      if (to - from > scratch.length) scratch = new Float64Array(2 * (to - from));
      for (let i = from; i < to; i += 1) scratch[i - from] = bytes[i] ?? 0;
      values[filled] = quantileOf(scratch, share, to - from);
      filled += 1;
    }
    from = to;
  }
  return { t: times.slice(0, filled), bytes: values.slice(0, filled) };
}

/** So many of them tell a quantile as well as all do. */
const ENOUGH = 1000;

/** From low to high, but for the lowest and the highest twentieth; bytes. */
export function heightOf(bytes: Float64Array): number {
  const some = thinned(bytes, ENOUGH);
  return quantileOf(some, 0.95) - quantileOf(some, 0.05);
}

/** The time that three quarters of the teeth do not exceed, ms; null when there is no sawtooth. */
export function toothMs({ t, bytes }: Track): number | null {
  const fall = TOOTH * heightOf(bytes);
  if (!(fall > 0)) return null;
  const gaps: number[] = [];
  let before = Number.NaN;
  for (let row = fallsAt(bytes, 0, fall); row < bytes.length; row = fallsAt(bytes, risesAt(bytes, row, fall), fall)) {
    const at = t[row] ?? 0;
    if (!Number.isNaN(before)) gaps.push(at - before);
    before = at;
  }
  return gaps.length + 1 < MIN_TEETH ? null : quantileOf(Float64Array.from(gaps), 0.75);
}

/** The first row that is more than `by` below the highest since `from`. */
function fallsAt(bytes: Float64Array, from: number, by: number): number {
  let peak = Number.NEGATIVE_INFINITY;
  for (let row = from; row < bytes.length; row += 1) {
    const now = bytes[row] ?? 0;
    if (now > peak) peak = now;
    else if (peak - now > by) return row;
  }
  return bytes.length;
}

/** The first row that is more than `by` above the lowest since `from`. */
function risesAt(bytes: Float64Array, from: number, by: number): number {
  let low = Number.POSITIVE_INFINITY;
  for (let row = from; row < bytes.length; row += 1) {
    const now = bytes[row] ?? 0;
    if (now < low) low = now;
    else if (now - low > by) return row;
  }
  return bytes.length;
}
