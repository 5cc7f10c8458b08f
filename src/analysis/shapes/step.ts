import type { Column } from '../column.js';
import type { Candidate, Shape } from './shape.js';

const MOST = 3;

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
  here: ({ jumps, ones, step }) => {
    const found: Candidate[] = [];
    const add = (columns: readonly Column[], since: number, next: number) => {
      for (let i = next; i < jumps.length; i += 1) {
        const jump = jumps[i] ?? 0;
        const [more, last] = [[...columns, step(jump)], Math.max(since, jump)];
        found.push({ columns: more, searched: columns.length, since: last });
        if (columns.length < MOST) add(more, last, i + 1);
      }
    };
    add([ones()], 0, 0);
    return found;
  },
};
