import type { Shape } from './shape.js';

/**
 * Another level from one moment on, or from two: a new configuration, a deploy without a restart. Three and more in a row are
 * taken for stairs, and stairs are a leak.
 *
 *                               ________
 *            ________        __|
 *     ______|         ______|
 */
export const step: Shape = {
  name: 'step',
  leaks: false,
  candidates: (basis) => {
    const once = basis.knots.map((knot) => ({ columns: [basis.ones(), basis.step(knot)], searched: 1, since: knot }));
    const sparse = basis.knots.filter((_, i) => i % 2 === 0);
    const twice = sparse.flatMap((second) =>
      sparse
        .filter((first) => first < second)
        .map((first) => ({ columns: [basis.ones(), basis.step(first), basis.step(second)], searched: 2, since: second })),
    );
    return [...once, ...twice];
  },
};
