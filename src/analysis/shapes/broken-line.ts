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
  always: ({ knots, ones, line, hinge }) =>
    knots.map((knot) => ({ columns: [ones(), line(), hinge(knot)], searched: 1, since: knot })),
  atJump: ({ ones, line, step }, jump) => [{ columns: [ones(), line(), step(jump)], searched: 1, since: 0 }],
};
