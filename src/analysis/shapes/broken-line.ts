import type { Shape } from './shape.js';

/**
 * A leak at two speeds: a cache that filled hides it at first, or more traffic makes it faster. Or one with a step in it.
 *
 *            __--          /           __--
 *        _--              /        __-|
 *       /            __--      __--
 */
export const brokenLine: Shape = {
  name: 'broken-line',
  leaks: true,
  candidates: (basis) =>
    basis.knots.flatMap((knot) => [
      { columns: [basis.ones(), basis.line(), basis.hinge(knot)], searched: 1, since: knot },
      { columns: [basis.ones(), basis.line(), basis.step(knot)], searched: 1, since: 0 },
    ]),
};
