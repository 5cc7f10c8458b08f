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
    const rate = basis.given(context.load.rate);
    const settling = [0.02, 0.07, 0.19].map((tau) => ({
      columns: [basis.ones(), basis.saturating(tau, 0), rate],
      trend: 2,
      searched: 1,
      since: 0,
    }));
    return [{ columns: [basis.ones(), rate], trend: 1, searched: 0, since: 0 }, ...settling];
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
    const [rate, total] = [basis.given(context.load.rate), basis.given(context.load.total)];
    return [
      { columns: [basis.ones(), total], searched: 0, since: 0 },
      { columns: [basis.ones(), total, rate], trend: 2, searched: 0, since: 0 },
      { columns: [basis.ones(), basis.line(), rate], trend: 2, searched: 0, since: 0 },
    ];
  },
};
