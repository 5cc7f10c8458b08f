import type { Candidate, Shape } from './shape.js';

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
  atJump: ({ ones, step }, jump) => [{ columns: [ones(), step(jump)], searched: 1, since: jump }],
  here: ({ jumps, layout: { ones, step } }) => {
    const found: Candidate[] = [];
    for (const [i, first] of jumps.entries()) {
      for (const [k, second] of jumps.slice(i + 1).entries()) {
        const [columns, since] = [[ones(), step(first), step(second)], Math.max(first, second)];
        found.push({ columns, searched: 2, since });
        for (const third of jumps.slice(i + k + 2))
          found.push({ columns: [...columns, step(third)], searched: 3, since: Math.max(since, third) });
      }
    }
    return found;
  },
};
