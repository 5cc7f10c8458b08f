import type { Assessment, Range } from '../model/assessment.js';
import { type Columns, rowAt } from './columns.js';
import { type Contest, type Entry, trendOf } from './contest.js';
import type { Track } from './floor.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A time further away than this says nothing but "not soon". */
const HORIZON_MS = 3_650 * DAY_MS;

/**
 * When memory reaches the limit if it goes on, Unix ms. Not the floor but the peaks over it reach it: teeth, the daily high, the
 * nightly batch.
 *
 *     limit ───────────────────/|──
 *                     /|  /|  / |/
 *            /|  /|  / | / | /
 *           / |_/_|_/__|/__|/   floor
 *
 * @param aboveBytes how high the peaks are over the trend. @param levelBytes the trend at its end.
 */
export function limitAt(
  { value, low, high }: Range,
  levelBytes: number,
  aboveBytes: number,
  limitBytes: number | null,
  nowMs: number,
): Pick<Assessment, 'limitAtMs'> {
  if (limitBytes === null || !(value > 0)) return {};
  const left = Math.max(0, limitBytes - levelBytes - aboveBytes);
  const at = (perHour: number) => nowMs + Math.min(HORIZON_MS, (left / perHour) * HOUR_MS);
  return { limitAtMs: { value: at(value), low: at(high), ...(low > 0 ? { high: at(low) } : {}) } };
}

/** The same for a course that bends: moved by as much as the straight way is wrong. Null when it goes straight on. */
export function bentLimitAt(
  { candidate, fit }: Entry,
  { basis, centre }: Contest,
  floor: Pick<Track, 't'>,
  targetBytes: number,
): number | null {
  const x = candidate.reaches?.(fit.coefficients, targetBytes - centre);
  if (x === undefined || !Number.isFinite(x) || x < 1) return null;
  return (floor.t[0] ?? 0) + Math.min(HORIZON_MS, x * basis.hours * HOUR_MS);
}

/** Of at most so many spans of time the highest point of each counts once. */
const SPANS = 48;
const NONE = Number.NEGATIVE_INFINITY;

/**
 * How far peaks of what is used are over the trend: the second highest of the peaks of 48 spans of time, so that one that came
 * once does not count. Bytes; at least what is used beside the part that was judged.
 */
export function aboveTrend(entry: Entry, contest: Contest, floor: Track, columns: Columns): number {
  const trend = trendOf(entry, contest.centre);
  const [{ t, used }, { t: points }] = [columns, floor];
  const [first, last] = [points[0] ?? 0, points.at(-1) ?? 0];
  const since = first + entry.candidate.since * (last - first);
  const from = Math.min(since, first + 0.5 * (last - first));
  const width = Math.max(1, last - from);
  let at = 1;
  let [highest, second, peak] = [NONE, NONE, NONE];
  let spanEnds = from;
  for (let row = rowAt(columns, from); row < t.length; ) {
    const ms = t[row] ?? 0;
    // The straight line through a point of the trend and the one before it; behind the last it goes on.
    while (at < trend.length - 1 && (points[at] ?? 0) < ms) at += 1;
    const [lineFrom, lineBytes] = [points[at - 1] ?? 0, trend[at - 1] ?? 0];
    const perMs = ((trend[at] ?? 0) - lineBytes) / ((points[at] ?? 1) - lineFrom || 1);
    if (ms >= spanEnds) {
      [highest, second] = highestTwo(highest, second, peak);
      const span = Math.min(SPANS - 1, Math.floor((SPANS * (ms - from)) / width));
      peak = NONE;
      spanEnds = span === SPANS - 1 ? Number.POSITIVE_INFINITY : from + ((span + 1) * width) / SPANS;
    }
    // Its own row is of the span, always: Unix times are told to 0.0002 ms, and so its end may seem to be there already.
    const to = rowsUntil(t, row + 1, spanEnds, at < trend.length - 1 ? (points[at] ?? 0) : Number.POSITIVE_INFINITY);
    peak = Math.max(peak, mostAbove(t, used, row, to, lineFrom, lineBytes, perMs));
    row = to;
  }
  [highest, second] = highestTwo(highest, second, peak);
  return Math.max(0, second === NONE ? highest : second);
}

/** The first row at `before` or later, or later than `last`. */
function rowsUntil(t: Float64Array, from: number, before: number, last: number): number {
  let row = from;
  while (row < t.length && (t[row] ?? 0) < before && (t[row] ?? 0) <= last) row += 1;
  return row;
}

/** The highest of some rows over a straight line. */
function mostAbove(
  t: Float64Array,
  used: Float64Array,
  from: number,
  to: number,
  lineFrom: number,
  lineBytes: number,
  perMs: number,
): number {
  let most = NONE;
  for (let i = from; i < to; i += 1) {
    const above = (used[i] ?? 0) - lineBytes - perMs * ((t[i] ?? 0) - lineFrom);
    if (above > most) most = above;
  }
  return most;
}

function highestTwo(highest: number, second: number, next: number): [highest: number, second: number] {
  return next > highest ? [next, highest] : [highest, Math.max(second, next)];
}

/** So near its limit, the kernel would have been expected to end it. A choice. */
const AT_LIMIT = 0.95;

/**
 * Whether it was at its limit in the first half of its life already: pools are sized to their limit, and machines are filled to it.
 *
 *     limit ─.-─.──.-─.─.-──.      lives at it: how near it is says nothing
 *           '  ' '-  ' '  '-
 */
export function wasAtLimit({ used }: Columns, limitBytes: number | null): boolean {
  if (limitBytes === null) return false;
  for (let i = 0; i < used.length / 2; i += 1) if ((used[i] ?? 0) >= AT_LIMIT * limitBytes) return true;
  return false;
}
