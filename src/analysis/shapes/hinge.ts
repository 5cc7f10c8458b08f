import type { Shape } from './shape.js';

/**
 * A leak that begins: nothing, then growth; with a step at that moment (a deploy), or without.
 *
 *              /               /
 *            /               /
 *     ______/         _____ |
 */
export const hinge: Shape = {
  name: 'hinge',
  leaks: true,
  candidates: (basis) =>
    basis.knots.flatMap((knot) => [
      { columns: [basis.ones(), basis.hinge(knot)], searched: 1, since: knot },
      { columns: [basis.ones(), basis.step(knot), basis.hinge(knot)], searched: 1, since: knot },
    ]),
};
