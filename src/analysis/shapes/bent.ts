import type { Shape } from './shape.js';

/** 0 stands for the logarithm. */
const EXPONENTS = [0, 0.5, 0.7, 1.5, 2, 3];

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
  candidates: (basis) => EXPONENTS.map((exponent) => ({ columns: [basis.ones(), basis.power(exponent)], searched: 1, since: 0 })),
};
