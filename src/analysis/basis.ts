import type { Column } from './column.js';
import { ColumnMaker } from './column-maker.js';
import { rhythmOf } from './rhythm.js';
import { stepAt, usualStep } from './steps.js';

/**
 * Makes columns over the points' times x (0 at the first point, 1 at the last); those that shapes have in common it makes once.
 */
export type Basis = {
  readonly x: Float64Array;
  /** From the first point to the last. */
  readonly hours: number;
  /** Places where a shape may bend: strictly inside, none in the first and the last few points. */
  readonly knots: readonly number[];
  /** Of them, where the floor jumps most, the farthest jump first; at most 5. */
  readonly jumps: readonly number[];
  /** Whether the floor jumps up there. */
  isUp(jump: number): boolean;
  /** How many cycles the floor seems to have, over all that was seen. */
  readonly rhythm: number;
  /** All that were made so far, by their index. The first are the ones. */
  readonly columns: readonly Column[];
  ones(): Column;
  line(): Column;
  /** `___|‾‾‾` 0 before the knot, 1 from it on. */
  step(knot: number): Column;
  /** `___/` 0 before the knot, then rising. */
  hinge(knot: number): Column;
  /** `/‾‾‾` rising up to the knot, then flat. */
  ramp(knot: number): Column;
  /** `__/‾‾` rising from one knot to another. */
  rise(from: number, to: number): Column;
  /** `(‾‾‾` 1 − exp(−(x − from)/τ) from `from` on. */
  saturating(tau: number, from: number): Column;
  /** One more from each jump on, less the line through that. */
  stairs(jumps: readonly number[]): Column;
  /** Sine and cosine of a period in hours. */
  wave(periodHours: number): readonly [Column, Column];
  /** A curve that only one candidate has. */
  curve(at: (x: number) => number): Column;
  /** A column that was measured, by a name that no other has. */
  given(name: string, values: Float64Array): Column;
};

const HOUR_MS = 3_600_000;

/** @param t Unix ms, in order, at least two different. @param bytes the floor at those times. */
export function basisOf(t: Float64Array, bytes: Float64Array): Basis {
  const [first, last] = [t[0] ?? 0, t.at(-1) ?? 1];
  const x = t.map((at) => (at - first) / (last - first));
  const hours = (last - first) / HOUR_MS;
  const maker = new ColumnMaker(x);
  const [ones, line] = [maker.step(0), maker.hinge(0)];
  const hinge = once((knot) => maker.hinge(knot));
  const saturating = once((from) => once((tau) => maker.saturating(tau, from)));
  return {
    x,
    hours,
    knots: knotsOf(x),
    jumps: jumpsOf(x, bytes),
    isUp: (jump) => {
      const i = x.findIndex((at) => at > jump);
      return middle(bytes, i) > middle(bytes, i - MIN_SIDE);
    },
    rhythm: rhythmOf(bytes),
    columns: maker.columns,
    ones: () => ones,
    line: () => line,
    step: once((knot) => maker.step(knot)),
    hinge,
    // These are two fifths of all columns, and nearly none is asked for its values.
    ramp: once((knot) => maker.rise(0, knot, [line, hinge(knot)])),
    rise: (from, to) => maker.rise(from, to, [hinge(from), hinge(to)]),
    saturating: (tau, from) => saturating(from)(tau),
    stairs: (jumps) => maker.stairs(jumps),
    wave: wavesOver(hours, maker),
    curve: (at) => maker.curve(at),
    given: (name, values) => maker.given(name, values),
  };
}

/** Where the wave of twice the period was made already, it is the same with the angle doubled. */
function wavesOver(hours: number, maker: ColumnMaker): Basis['wave'] {
  const made = new Map<number, readonly [Column, Column]>();
  return (period) => {
    const slower = made.get(2 * period);
    const wave = made.get(period) ?? (slower ? maker.doubled(slower) : maker.wave((2 * Math.PI * hours) / period));
    made.set(period, wave);
    return wave;
  };
}

/** What was made for a number is not made again. */
function once<T>(make: (of: number) => T): (of: number) => T {
  const made = new Map<number, T>();
  return (of) => {
    const known = made.get(of);
    if (known !== undefined) return known;
    const fresh = make(of);
    made.set(of, fresh);
    return fresh;
  };
}

/** Not at the ends: what is before and after a bend must be a few points long. */
const MIN_SIDE = 3;
const MAX_KNOTS = 24;

function knotsOf(x: Float64Array): number[] {
  const inside = x.length - 2 * MIN_SIDE;
  const every = Math.max(1, Math.ceil(inside / MAX_KNOTS));
  const knots: number[] = [];
  for (let i = x.length - MIN_SIDE; i >= MIN_SIDE; i -= every) {
    // Half way between two points, so that a step is between them.
    knots.push(((x[i] ?? 0) + (x[i - 1] ?? 0)) / 2);
  }
  return knots.reverse();
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
    jumps.push(((x[i] ?? 0) + (x[i - 1] ?? 0)) / 2);
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
