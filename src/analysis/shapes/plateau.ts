import type { Shape } from './shape.js';

/** A plateau must have been seen: growth that ended only just now has not ended. A choice. */
const LATEST_END = 0.85;

/**
 * It fills, and is full: a cache with a bound, a pool. Or: flat, then a slow step up, then flat again.
 *
 *        _______              _______
 *       /                    /
 *      /               _____/
 */
export const plateau: Shape = {
  name: 'plateau',
  leaks: false,
  always: ({ knots, ones, ramp, rise }) => {
    const ends = knots.filter((knot) => knot <= LATEST_END);
    const filled = ends.map((end) => ({ columns: [ones(), ramp(end)], searched: 1, since: end }));
    const risen = ends
      .filter((_, i) => i % 2 === 1)
      .flatMap((end) =>
        ends
          .filter((begin, i) => i % 2 === 0 && begin < end)
          .map((begin) => ({
            columns: [ones(), rise(begin, end)],
            searched: 2,
            since: end,
          })),
      );
    return [...filled, ...risen];
  },
};
