import type { Column } from './column.js';
import { ColumnMaker } from './column-maker.js';
import { between, type Layout, MIN_SIDE, OWN, once } from './layout.js';
import { rhythmOf } from './rhythm.js';
import { stepAt, usualStep } from './steps.js';

/** A layout, and what one floor over it shows by itself: where curves are worth trying. */
export type Basis = {
  readonly layout: Layout;
  /** Of the layout. */
  readonly x: Float64Array;
  /** From the first point to the last. */
  readonly hours: number;
  /** Half way between two points, where the floor jumps most, the farthest jump first; at most 5. */
  readonly jumps: readonly number[];
  /** Whether the floor jumps up there. */
  isUp(jump: number): boolean;
  /** How many cycles the floor seems to have, over all that was seen. */
  readonly rhythm: number;
  /** One more from each jump on, less the line through that. */
  stairs(jumps: readonly number[]): Column;
  /** Sine and cosine of a period in hours. */
  tide(periodHours: number): readonly [Column, Column];
  /** A column that was measured. */
  given(values: Float64Array): Column;
};

const HOUR_MS = 3_600_000;

/** @param t Unix ms of the layout's points. @param bytes the floor at those times. */
export function basisOf(layout: Layout, t: Float64Array, bytes: Float64Array): Basis {
  const { x } = layout;
  const hours = ((t.at(-1) ?? 1) - (t[0] ?? 0)) / HOUR_MS;
  const maker = new ColumnMaker(x, 1, OWN, OWN);
  return {
    layout,
    x,
    hours,
    jumps: jumpsOf(x, bytes),
    isUp: (jump) => {
      const i = x.findIndex((at) => at > jump);
      return middle(bytes, i) > middle(bytes, i - MIN_SIDE);
    },
    rhythm: rhythmOf(bytes),
    stairs: (jumps) => maker.stairs(jumps),
    tide: once((period: number) => maker.wave((2 * Math.PI * hours) / period)),
    given: once((values: Float64Array) => maker.given(values)),
  };
}

const MAX_JUMPS = 5;

/** Places between points, by the distance of the middle of three points before from that of three points after. */
function jumpsOf(x: Float64Array, bytes: Float64Array): number[] {
  const sizes: number[] = [];
  for (let i = MIN_SIDE; i <= x.length - MIN_SIDE; i += 1) {
    sizes.push(Math.abs(middle(bytes, i) - middle(bytes, i - MIN_SIDE)));
  }
  const usual = usualStep(bytes);
  const jumps: number[] = [];
  while (jumps.length < MAX_JUMPS) {
    let [farthest, at] = [-1, -1];
    for (let k = 0; k < sizes.length; k += 1) if ((sizes[k] ?? -1) > farthest) [farthest, at] = [sizes[k] ?? -1, k];
    if (at < 0) break;
    const i = steepest(bytes, MIN_SIDE + at, Math.max(AT_ONCE * farthest, BEYOND_NOISE * usual));
    jumps.push(between(x, i));
    // What is near it is the same jump.
    for (let k = Math.max(0, at - MIN_SIDE + 1); k < Math.min(sizes.length, at + MIN_SIDE); k += 1) sizes[k] = -1;
  }
  return jumps;
}

/** What jumps does most of it between two points, and beyond the noise; what is steep for a while does not. Choices. */
const AT_ONCE = 0.6;
const BEYOND_NOISE = 6;

/**
 * The middle of three tells a jump from an outlier, but not where it is: the places beside it are as far, and with growth after the
 * jump the one behind it is farther.
 *
 *              ..··''           here   ..··''
 *             ' ← as far       ↓      '
 *     ......''          ......'
 */
function steepest(bytes: Float64Array, near: number, leastBytes: number): number {
  const inside = [near - 1, near + 1].filter((i) => i >= MIN_SIDE && i <= bytes.length - MIN_SIDE);
  return inside.find((i) => stepAt(bytes, i) > Math.max(stepAt(bytes, near), leastBytes)) ?? near;
}

/** The median of three. */
function middle(bytes: Float64Array, from: number): number {
  const [a, b, c] = [bytes[from] ?? 0, bytes[from + 1] ?? 0, bytes[from + 2] ?? 0];
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
