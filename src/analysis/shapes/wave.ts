import type { Basis } from '../basis.js';
import type { Column } from '../column.js';
import type { Candidate, Shape } from './shape.js';

const DAY_HOURS = 24;
/** A day is known to come back: half of one is enough to be called one. */
const HALF_A_DAY = 12;
/** A leak under it is told from the day's own rise when most of the day was seen. A choice. */
const MOST_OF_A_DAY = 18;
/**
 * So few cycles in what was seen are looked for always: a line is taken for a part of them, so that their rhythm is not found. What leaks
 * beside must have come back at least once and a half. Choices.
 */
const CYCLES = [1, 1.25, 1.5, 2];
const CYCLES_WITH_LEAK = CYCLES.filter((count) => count >= 1.5);

/** Besides the rhythm that is found, two near it: noise and a trend move the peak. A choice. */
const BESIDE = 0.1;

/**
 * Load that comes and goes: by day and night, or in a rhythm of its own.
 *
 *       .-.       .-.
 *     .'   '.   .'   '.
 *            '-'       '-
 */
export const wave: Shape = {
  name: 'wave',
  leaks: false,
  candidates: (basis) => waves(basis, [basis.ones()], CYCLES, HALF_A_DAY),
};

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
  candidates: (basis) => waves(basis, [basis.ones(), basis.line()], CYCLES_WITH_LEAK, MOST_OF_A_DAY),
};

function waves(basis: Basis, trend: readonly Column[], counts: readonly number[], dayFrom: number): Candidate[] {
  const candidate = (searched: number, ...waves: readonly Column[]): Candidate => ({
    columns: [...trend, ...waves],
    trend: trend.length,
    searched,
    since: 0,
  });
  const own = [basis.rhythm - BESIDE, basis.rhythm, basis.rhythm + BESIDE].filter((count) => count >= (counts[0] ?? 1));
  const cycles = [...counts, ...own].map((count) => candidate(1, ...basis.wave(basis.hours / count)));
  if (basis.hours < dayFrom) return cycles;
  const day = basis.wave(DAY_HOURS);
  // Of half a day, five free numbers would explain anything.
  const whole = basis.hours < MOST_OF_A_DAY ? [] : [candidate(0, ...day, ...basis.wave(DAY_HOURS / 2))];
  return [...cycles, candidate(0, ...day), ...whole];
}
