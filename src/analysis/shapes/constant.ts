import type { Shape } from './shape.js';

/**
 * Nothing happens, but noise and wandering.
 *
 *     -.__.-'-._.-''-_
 */
export const constant: Shape = {
  name: 'constant',
  leaks: false,
  candidates: (basis) => [{ columns: [basis.ones()], searched: 0, since: 0 }],
};
