import type { Shape } from './shape.js';

/** Time constants, as a share of what was seen: with the longest, 6 % of the rise are still to come. */
const TAUS = [0.02, 0.04, 0.07, 0.1, 0.14, 0.19, 0.26, 0.35];
/** Code is loaded quickly, and then a cache fills. */
const QUICK = 0.03;
const LATE_TAUS = [0.03, 0.07, 0.14];

/**
 * Warm-up: the nearer to its level, the slower. From the start, in two stages, or from a moment within what was seen.
 *
 *        ___-----              ___----
 *      /                 ____ /
 *     /                      |
 */
export const saturating: Shape = {
  name: 'saturating',
  leaks: false,
  always: ({ ones, saturating }) => {
    const fromStart = TAUS.map((tau) => ({ columns: [ones(), saturating(tau, 0)], searched: 1, since: 3 * tau }));
    const inTwoStages = TAUS.filter((tau) => tau > 2 * QUICK).map((tau) => ({
      columns: [ones(), saturating(QUICK, 0), saturating(tau, 0)],
      searched: 1,
      since: 3 * tau,
    }));
    return [...fromStart, ...inTwoStages];
  },
  atJump: ({ ones, step, saturating }, from) =>
    LATE_TAUS.filter((tau) => from + 3 * tau < 1).map((tau) => ({
      columns: [ones(), step(from), saturating(tau, from)],
      searched: 2,
      since: from + 3 * tau,
    })),
};
