import type { Shape } from './shape.js';

const TAUS = [0.02, 0.04, 0.07, 0.1, 0.14, 0.19];
const QUICK = 0.03;

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
  always: ({ ones, line, saturating }) => [
    ...TAUS.map((tau) => ({ columns: [ones(), saturating(tau, 0), line()], searched: 1, since: 3 * tau, onset: 0 })),
    ...TAUS.filter((tau) => tau > 2 * QUICK).map((tau) => ({
      columns: [ones(), saturating(QUICK, 0), saturating(tau, 0), line()],
      searched: 1,
      since: 3 * tau,
      onset: 0,
    })),
  ],
};
