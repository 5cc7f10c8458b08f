import type { Shape } from './shape.js';

/**
 * Nothing happens, but noise and wandering.
 *
 *     -.__.-'-._.-''-_
 */
export const constant: Shape = {
  name: 'constant',
  leaks: false,
  always: ({ ones }) => [{ columns: [ones()], searched: 0, since: 0 }],
};
