import type { Shape } from './shape.js';

const TAUS = [0.02, 0.04, 0.07, 0.1, 0.14, 0.19];

/**
 * A warm-up, and under it a leak that stays when the warm-up is over.
 *
 *           __--
 *       _--
 *      /
 */
export const warmUpLine: Shape = {
  name: 'warm-up-line',
  leaks: true,
  candidates: (basis) =>
    TAUS.map((tau) => ({
      columns: [basis.ones(), basis.saturating(tau, 0), basis.line()],
      searched: 1,
      since: Math.min(1, 3 * tau),
    })),
};
