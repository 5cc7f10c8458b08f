import { median } from 'simple-statistics';
import type { Range } from '../model/assessment.js';
import { lastBend } from './bend.js';
import { floorOf, type Point } from './buckets.js';
import { type Fit, fitLine } from './slope.js';

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;
/** Less than this is not worth a word, whatever its slope: 4 MiB, 1 % of the limit, 2.5 % of what is there. Choices. */
const MIN_GROWTH = { bytes: 4 * MIB, ofLimit: 0.01, ofLevel: 0.025 };
const MIN_POINTS = 8;

export type Growth = {
  readonly fit: Fit;
  readonly perHour: Range;
  /** The floor after the last bend, and whether there was one. */
  readonly points: readonly Point[];
  readonly bent: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  /** The range of the slope is above zero and what was gained matters. */
  readonly grows: boolean;
  /** Bytes that have to be gained before growth counts. */
  readonly matters: number;
  /** Growth that goes on: a new high, spread over the time, and not slowing down. */
  readonly steady: boolean;
  readonly slowing: boolean;
  /** Before the last bend it grew more than twice as fast. */
  readonly fasterBefore: boolean;
};

/** What one part of memory does now, in the time after its last bend. Null when there is too little to say anything. */
export function growthOf(points: readonly Point[], limitBytes: number | null, bar = 1): Growth | null {
  const floor = floorOf(points);
  if (floor.length < MIN_POINTS) return null;
  const bend = lastBend(floor);
  const present = bend > 0 ? afterBend(points, floor, bend) : floor;
  const fit = fitLine(present);
  const [first, last] = [present[0], present.at(-1)];
  if (!fit || !first || !last) return null;
  const gained = (fit.bytesPerHour.value * (last.t - first.t)) / HOUR_MS;
  const matters = Math.max(MIN_GROWTH.bytes, (limitBytes ?? 0) * MIN_GROWTH.ofLimit, first.bytes * MIN_GROWTH.ofLevel) * bar;
  const slowing = slowsDown(present);
  const before = fitLine(floor.slice(0, bend));
  return {
    fit,
    perHour: fit.bytesPerHour,
    points: present,
    bent: bend > 0,
    fromMs: first.t,
    toMs: last.t,
    grows: fit.bytesPerHour.low > 0 && gained >= matters,
    matters,
    steady: !slowing && spread(present) && newHigh(present),
    slowing,
    fasterBefore: before !== null && before.bytesPerHour.value > 2 * fit.bytesPerHour.value,
  };
}

/** Looked at more closely than the whole was; where that leaves too few points, as it was. */
function afterBend(points: readonly Point[], floor: readonly Point[], bend: number): readonly Point[] {
  const closer = floorOf(points.filter(({ t }) => t >= (floor[bend]?.t ?? 0)));
  return closer.length >= MIN_POINTS ? closer : floor.slice(bend);
}

/**
 * A warm-up bends over, a leak does not: the second half's slope against the first's.
 *
 *        ___----         /
 *      /              /
 *     / warm-up     / leak
 */
function slowsDown(points: readonly Point[]): boolean {
  const half = Math.floor(points.length / 2);
  const [early, late] = [fitLine(points.slice(0, half)), fitLine(points.slice(half))];
  return early !== null && late !== null && late.bytesPerHour.value < 0.5 * early.bytesPerHour.value;
}

/** A step is one event, a leak is many: no eighth of the time may hold more than half of what was gained. */
function spread(points: readonly Point[]): boolean {
  const levels = eighths(points);
  const gained = (levels.at(-1) ?? 0) - (levels[0] ?? 0);
  return levels.slice(1).every((level, i) => level - (levels[i] ?? 0) <= gained / 2);
}

/** The present is above all that was: what comes down again was load. */
function newHigh(points: readonly Point[]): boolean {
  const levels = eighths(points);
  return Math.max(...levels.slice(0, -1)) <= (levels.at(-1) ?? 0);
}

function eighths(points: readonly Point[]): number[] {
  const size = points.length / 8;
  return Array.from({ length: 8 }, (_, i) =>
    median(points.slice(Math.floor(i * size), Math.floor((i + 1) * size)).map(({ bytes }) => bytes)),
  );
}
