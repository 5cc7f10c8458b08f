import type { Shape } from './shape.js';

/** So many steps up, and none down among the largest: fewer are steps. */
const LEAST = 4;
/** When the next step is later than this many of the longest wait between two, they have ended. A choice. */
const OVERDUE = 1.5;

/**
 * A leak that takes a piece at a time: arenas, pages of a pool, a job that runs now and then. Its line goes through the middle of the
 * stairs; as it is not known when the next step is due, the line may lean by the height of a step over their number.
 *
 *                    ____
 *              ____-'
 *        ____-'
 *     __-'
 */
export const stairs: Shape = {
  name: 'stairs',
  leaks: true,
  here: ({ jumps, isUp, stairs, layout: { ones, line } }) => {
    const few = jumps.length - 1;
    return [jumps, jumps.slice(0, few)]
      .filter((some) => some.length >= LEAST && some.every(isUp) && goesOn(some))
      .map((some) => ({
        columns: [ones(), line(), stairs(some)],
        trend: 2,
        searched: some.length,
        since: 0,
        leans: 1 / some.length,
      }));
  },
};

function goesOn(jumps: readonly number[]): boolean {
  const inOrder = [...jumps].sort((a, b) => a - b);
  const waits = inOrder.slice(1).map((jump, i) => jump - (inOrder[i] ?? 0));
  return 1 - (inOrder.at(-1) ?? 0) <= OVERDUE * Math.max(...waits);
}
