import type { Shape } from './shape.js';

/**
 * Memory that follows traffic is load, however it grows: more requests hold more memory, and give it back.
 *
 *     memory  __/‾‾\__/‾       traffic  __/‾‾\__/‾
 */
export const load: Shape = {
  name: 'load',
  leaks: false,
  here: (basis, context) => {
    if (!context.load) return [];
    const { ones, saturating } = basis.layout;
    const rate = basis.given(context.load.rate);
    const settling = [0.02, 0.07, 0.19].map((tau) => ({
      columns: [ones(), saturating(tau, 0), rate],
      trend: 2,
      searched: 1,
      since: 0,
    }));
    return [{ columns: [ones(), rate], trend: 1, searched: 0, since: 0 }, ...settling];
  },
};

/**
 * Each request leaves something behind: memory follows all the traffic that there has been. Or: it follows the load, and grows
 * beside that.
 *
 *     memory      __--'        traffic  __/‾‾\__
 *             __--
 */
export const perRequest: Shape = {
  name: 'per-request',
  leaks: true,
  here: (basis, context) => {
    if (!context.load) return [];
    const { ones, line } = basis.layout;
    const [rate, total] = [basis.given(context.load.rate), basis.given(context.load.total)];
    return [
      { columns: [ones(), total], searched: 0, since: 0 },
      { columns: [ones(), total, rate], trend: 2, searched: 0, since: 0 },
      { columns: [ones(), line(), rate], trend: 2, searched: 0, since: 0 },
    ];
  },
};
