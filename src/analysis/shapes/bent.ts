import type { Shape } from './shape.js';

/** A course f(x), 0 at 0, and where it reaches a value. */
type Bend = { at(x: number): number; reaches(value: number): number };

const power = (exponent: number, at = (x: number) => x ** exponent): Bend => ({
  at,
  reaches: (value) => value ** (1 / exponent),
});
const exponential = (rate: number): Bend => {
  const whole = Math.expm1(rate);
  return {
    at: (x) => Math.expm1(rate * x) / whole,
    reaches: (value) => Math.log1p(value * whole) / rate,
  };
};
const TENFOLD = Math.log1p(9);
const logarithm: Bend = {
  at: (x) => Math.log1p(9 * x) / TENFOLD,
  reaches: (value) => Math.expm1(value * TENFOLD) / 9,
};

// Roots and products, where they do, are a tenth of the work of a power.
const BENDS = [
  ...[logarithm, power(0.5, Math.sqrt), power(0.7), power(1.5, (x) => x * Math.sqrt(x))],
  ...[power(2, (x) => x * x), power(3, (x) => x * x * x), exponential(2), exponential(4)],
];

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
  always: ({ ones, curve }) =>
    BENDS.map((bend) => ({
      columns: [ones(), curve(bend.at)],
      searched: 1,
      since: 0,
      reaches: ([base = 0, rise = 0], bytes) => bend.reaches((bytes - base) / rise),
    })),
};
