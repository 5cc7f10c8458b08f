import type { Shape } from './shape.js';

/** A course f(x), 0 at 0, and where it reaches a value. */
type Bend = { at(x: number): number; reaches(value: number): number };

const power = (exponent: number): Bend => ({
  at: (x) => x ** exponent,
  reaches: (value) => value ** (1 / exponent),
});
const exponential = (rate: number): Bend => ({
  at: (x) => Math.expm1(rate * x) / Math.expm1(rate),
  reaches: (value) => Math.log1p(value * Math.expm1(rate)) / rate,
});
const logarithm: Bend = {
  at: (x) => Math.log1p(9 * x) / Math.log1p(9),
  reaches: (value) => Math.expm1(value * Math.log1p(9)) / 9,
};

const BENDS = [logarithm, power(0.5), power(0.7), power(1.5), power(2), power(3), exponential(2), exponential(4)];

/**
 * A leak that slows down but does not end (by the root, by the logarithm), or one that gets faster.
 *
 *         __---            |
 *      .-                 /
 *     /              __.-'
 */
export const bent: Shape = {
  name: 'bent',
  leaks: true,
  candidates: (basis) =>
    BENDS.map((bend) => ({
      columns: [basis.ones(), basis.curve(bend.at)],
      searched: 1,
      since: 0,
      reaches: ([base = 0, rise = 0], bytes) => bend.reaches((bytes - base) / rise),
    })),
};
