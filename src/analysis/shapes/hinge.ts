import type { Shape } from './shape.js';

/** How long the new code of a deploy warms up, as a share of what was seen. */
const TAU = 0.05;

/**
 * A leak that begins: nothing, then growth; without a step at that moment, or with one (a deploy), or with a warm-up.
 *
 *              /               /             __--
 *            /               /            .-
 *     ______/         _____ |      _____ |
 */
export const hinge: Shape = {
  name: 'hinge',
  leaks: true,
  always: ({ knots, ones, hinge }) => knots.map((knot) => ({ columns: [ones(), hinge(knot)], searched: 1, since: knot })),
  atJump: ({ ones, step, hinge, saturating }, jump) => [
    { columns: [ones(), step(jump), hinge(jump)], searched: 1, since: jump, onset: jump },
    {
      columns: [ones(), step(jump), saturating(TAU, jump), hinge(jump)],
      searched: 1,
      since: Math.min(0.95, jump + 2 * TAU),
      onset: jump,
    },
  ],
};
