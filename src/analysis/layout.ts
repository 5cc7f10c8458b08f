import type { Column } from './column.js';
import { ColumnMaker } from './column-maker.js';

/**
 * Makes columns over the points' times x (0 at the first point, 1 at the last), of what needs to know nothing else; each only once.
 */
export type Layout = {
  readonly x: Float64Array;
  /** Places where a shape may bend: strictly inside, none in the first and the last few points. */
  readonly knots: readonly number[];
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
  /** Sine and cosine; how many cycles there are over all of x, to a twentieth. */
  wave(cycles: number): readonly [Column, Column];
  /** A curve that only one candidate has. */
  curve(at: (x: number) => number): Column;
};

/** Numbers from 1 to this are for columns that only one floor has; 0 is the ones, and every other column of a layout comes behind. */
export const OWN = 16;
const TWENTIETHS = 20;
const ROWS_AT_A_TIME = 96;

/** @param x in order, from 0 to 1. */
export function layoutOf(x: Float64Array): Layout {
  const ones = new ColumnMaker(x, 0, 0, 1).step(0);
  const maker = new ColumnMaker(x, OWN + 1, Number.POSITIVE_INFINITY, ROWS_AT_A_TIME);
  const line = maker.hinge(0);
  const hinge = once((knot: number) => maker.hinge(knot));
  const rise = once((from: number) => once((to: number) => maker.rise(from, to, [hinge(from), hinge(to)])));
  const saturating = once((from: number) => once((tau: number) => maker.saturating(tau, from)));
  const wave = once((twentieths: number) => maker.wave((2 * Math.PI * twentieths) / TWENTIETHS));
  return {
    x,
    knots: knotsOf(x),
    ones: () => ones,
    line: () => line,
    step: once((knot: number) => maker.step(knot)),
    hinge,
    // These are two fifths of all columns, and nearly none is asked for its values.
    ramp: once((knot: number) => maker.rise(0, knot, [line, hinge(knot)])),
    rise: (from, to) => rise(from)(to),
    saturating: (tau, from) => saturating(from)(tau),
    wave: (cycles) => wave(Math.round(TWENTIETHS * cycles)),
    curve: (at) => maker.curve(at),
  };
}

/** What was made for one is not made again. */
export function once<K, T>(make: (of: K) => T): (of: K) => T {
  const made = new Map<K, T>();
  return (of) => {
    const known = made.get(of);
    if (known !== undefined) return known;
    const fresh = make(of);
    made.set(of, fresh);
    return fresh;
  };
}

/** Not at the ends: what is before and after a bend must be a few points long. */
export const MIN_SIDE = 3;
const MAX_KNOTS = 24;

function knotsOf(x: Float64Array): number[] {
  const inside = x.length - 2 * MIN_SIDE;
  const every = Math.max(1, Math.ceil(inside / MAX_KNOTS));
  const knots: number[] = [];
  for (let i = x.length - MIN_SIDE; i >= MIN_SIDE; i -= every) knots.push(between(x, i));
  return knots.reverse();
}

/** Half way from the point before it to a point, so that a step is between them. */
export function between(x: Float64Array, i: number): number {
  return ((x[i] ?? 0) + (x[i - 1] ?? 0)) / 2;
}
