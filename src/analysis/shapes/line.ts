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
  always: ({ ones, line }) => [{ columns: [ones(), line()], searched: 0, since: 0 }],
};
