import { median, quantile } from 'simple-statistics';
import type { Range } from '../model/assessment.js';
import { type Fit, fitLine } from './theil-sen.js';

const MINUTE = 60_000;
const MAX_BUCKETS = 60;
const MIN_PER_BUCKET = 2;
/** Fewer points of the floor, or less time, are no line. */
const MIN_BUCKETS = 8;
const MIN_SPAN_MS = 2 * MINUTE;
const MIN_FOR_FIT = 4;
/** What a collector leaves: low, but not one lucky sample. A choice. */
const FLOOR = 0.2;
/** What has not settled after so much of a life never did: there is too little left to compare it with. A choice. */
const LATEST = 0.6;
/** Less than this is not worth a word: of the level, and in bytes. Choices. */
const MATTERS = { share: 0.02, bytes: 2 ** 20 };
/** Three standard deviations, from the median distance. */
const NOISE = 3 * 1.4826;

export type Point = { readonly t: number; readonly bytes: number };

/**
 * When it settled, and how it grows from then on (pure; points in order, Unix ms and bytes). Null when it never did or when there
 * is too little. First the longest end in which growth does not slow down; the line of that end is drawn backwards, and it has
 * settled where the floor reaches the line, and there, where the samples do: so a warm-up of minutes is seen in a life of weeks.
 *
 *                             __,--¯¯
 *                     __,--¯¯          growth as it is in the end
 *        .  .  . ,--¯¯
 *               / ↑ settled
 *             _/
 *           _/
 */
export function settledIn(points: readonly Point[]): { readonly atMs: number; readonly fit: Fit } | null {
  const floor = floorOf(points);
  const line = lastLine(floor);
  const [first, last] = [points[0], points.at(-1)];
  if (!line || !first || !last) return null;
  const near = Math.max(line.noise, MATTERS.bytes, MATTERS.share * line.fit.at(last.t));
  const below = ({ t, bytes }: Point) => line.fit.at(t) - bytes;
  const bucket = floor.findIndex((point) => below(point) <= near);
  const fromMs = floor[bucket - 2]?.t ?? first.t;
  const reached = points.findIndex(({ t }, i) => t >= fromMs && median(points.slice(i, i + 3).map(below)) <= near);
  const at = points[reached];
  if (!at) return null;
  const rest = floorOf(points.slice(reached));
  const fit = rest.length >= MIN_BUCKETS ? fitLine(rest) : null;
  return fit ? { atMs: at.t, fit } : null;
}

type Line = { readonly fit: Fit; readonly noise: number };

/** All of it, unless growth slows down: then the longest end in which it does not any more. */
function lastLine(floor: readonly Point[]): Line | null {
  if (!slowsDown(floor)) return lineOf(floor);
  for (let from = 1; from <= LATEST * floor.length; from += 1) {
    const line = lineOf(floor.slice(from));
    if (line && !isBent(floor.slice(from), line.noise)) return line;
  }
  return null;
}

/** With how far the floor is from it. */
function lineOf(floor: readonly Point[]): Line | null {
  const fit = floor.length >= MIN_BUCKETS ? fitLine(floor) : null;
  return fit ? { fit, noise: NOISE * median(floor.map(({ t, bytes }) => Math.abs(bytes - fit.at(t)))) } : null;
}

/** The first quarter grows surely faster than the last, and by so much in all that it matters; in halves where it is short. */
function slowsDown(floor: readonly Point[]): boolean {
  const rates = ratesOf(floor, floor.length >= 4 * MIN_FOR_FIT ? 4 : 2);
  const [first, last] = [rates[0], rates.at(-1)];
  return first !== undefined && last !== undefined && first.low > last.high && isBent(floor, 0);
}

/** What it would have grown more, had it gone on as in its first half, matters. */
function isBent(floor: readonly Point[], noise: number): boolean {
  const [early, late] = ratesOf(floor, 2);
  const [from, to] = [floor[0], floor.at(-1)];
  if (!early || !late || !from || !to) return false;
  const excess = ((early.value - late.value) * (to.t - from.t)) / (60 * MINUTE);
  return excess > Math.max(noise, MATTERS.bytes, MATTERS.share * to.bytes);
}

function ratesOf(floor: readonly Point[], parts: number): Range[] {
  const size = floor.length / parts;
  const cut = Array.from({ length: parts }, (_, i) => floor.slice(Math.round(i * size), Math.round((i + 1) * size)));
  return cut.flatMap((part) => fitLine(part)?.bytesPerHour ?? []);
}

/** The floor under the teeth of a collector: the low fifth of each of at most 60 equal spans. */
function floorOf(points: readonly Point[]): Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.t - first.t < MIN_SPAN_MS) return [];
  const count = Math.min(MAX_BUCKETS, Math.floor(points.length / MIN_PER_BUCKET));
  const buckets: Point[][] = Array.from({ length: count }, () => []);
  const width = (last.t - first.t) / count;
  for (const point of points) buckets[Math.min(count - 1, Math.floor((point.t - first.t) / width))]?.push(point);
  const filled = buckets.filter((bucket) => bucket.length > 0);
  return filled.map((bucket) => ({ t: bucket.reduce((sum, { t }) => sum + t / bucket.length, 0), bytes: lowOf(bucket) }));
}

function lowOf(bucket: readonly Point[]): number {
  return quantile(
    bucket.map(({ bytes }) => bytes),
    FLOOR,
  );
}
