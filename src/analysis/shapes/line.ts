import type { Shape } from './shape.js';

/**
 * The plain leak.
 *
 *           /
 *         /
 *       /
 */
export const line: Shape = {
  name: 'line',
  leaks: true,
  candidates: (basis) => [{ columns: [basis.ones(), basis.line()], searched: 0, since: 0 }],
};
