import type { Shape } from './shape.js';

/**
 * Another level from one moment on, or from two or three: a new configuration, a deploy without a restart. More in a row are
 * taken for stairs, and stairs are a leak.
 *
 *                               ________
 *            ________        __|
 *     ______|         ______|
 */
export const step: Shape = {
  name: 'step',
  leaks: false,
  candidates: ({ jumps, ones, step }) => {
    const sets = jumps.flatMap((a, i) => [
      [a],
      ...jumps.slice(i + 1).flatMap((b, j) => [[a, b], ...jumps.slice(i + j + 2).map((c) => [a, b, c])]),
    ]);
    return sets.map((set) => ({ columns: [ones(), ...set.map(step)], searched: set.length, since: Math.max(...set) }));
  },
};
