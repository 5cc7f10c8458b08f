import type { Basis, Column } from '../basis.js';
import type { Candidate, Shape } from './shape.js';

const DAY_HOURS = 24;
/** A day is known to come back; so most of one is enough to be called one. Other cycles have to be seen whole. A choice. */
const MOST_OF_A_DAY = 0.75;
/** Whole cycles in what was seen. */
const CYCLES = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/**
 * Load that comes and goes: by day and night, or in a rhythm of its own.
 *
 *       .-.       .-.
 *     .'   '.   .'   '.
 *            '-'       '-
 */
export const wave: Shape = { name: 'wave', leaks: false, candidates: (basis) => waves(basis, [basis.ones()]) };

/**
 * The same, and each time a little higher.
 *
 *                 .-.
 *       .-.     .'   '-
 *     .'   '---'
 */
export const waveLine: Shape = {
  name: 'wave-line',
  leaks: true,
  candidates: (basis) => waves(basis, [basis.ones(), basis.line()]),
};

function waves(basis: Basis, columns: readonly Column[]): Candidate[] {
  const daily = basis.hours >= MOST_OF_A_DAY * DAY_HOURS;
  const cycles = CYCLES.map((count) => ({
    columns: [...columns, ...basis.wave(basis.hours / count)],
    trend: columns.length,
    searched: 1,
    since: 0,
  }));
  if (!daily) return cycles;
  const day = [...columns, ...basis.wave(DAY_HOURS)];
  return [
    ...cycles,
    { columns: day, trend: columns.length, searched: 0, since: 0 },
    { columns: [...day, ...basis.wave(DAY_HOURS / 2)], trend: columns.length, searched: 0, since: 0 },
  ];
}
