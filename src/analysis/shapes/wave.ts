import type { Basis } from '../basis.js';
import type { Column } from '../column.js';
import type { Layout } from '../layout.js';
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
const CYCLES = [1, 1.25, 1.5, 2] as const;
const CYCLES_WITH_LEAK = [1.5, 2] as const;

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
  always: (layout) => inCycles(layout, [layout.ones()], CYCLES),
  here: (basis) => {
    const trend = [basis.layout.ones()];
    return [...inItsRhythm(basis, trend, CYCLES[0]), ...byDay(basis, trend, HALF_A_DAY)];
  },
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
  always: (layout) => inCycles(layout, [layout.ones(), layout.line()], CYCLES_WITH_LEAK),
  here: (basis) => {
    const trend = [basis.layout.ones(), basis.layout.line()];
    return [...inItsRhythm(basis, trend, CYCLES_WITH_LEAK[0]), ...byDay(basis, trend, MOST_OF_A_DAY)];
  },
};

function inCycles({ wave }: Layout, trend: readonly Column[], counts: readonly number[]): Candidate[] {
  return counts.map((count) => candidateOf(trend, 1, wave(count)));
}

function inItsRhythm(basis: Basis, trend: readonly Column[], least: number): Candidate[] {
  const near = [basis.rhythm - BESIDE, basis.rhythm, basis.rhythm + BESIDE];
  return inCycles(
    basis.layout,
    trend,
    near.filter((count) => count >= least),
  );
}

function byDay({ hours, tide }: Basis, trend: readonly Column[], fromHours: number): Candidate[] {
  if (hours < fromHours) return [];
  const day = candidateOf(trend, 0, tide(DAY_HOURS));
  // Of half a day, five free numbers would explain anything.
  const halves = () => candidateOf(trend, 0, [...tide(DAY_HOURS), ...tide(DAY_HOURS / 2)]);
  return hours < MOST_OF_A_DAY ? [day] : [day, halves()];
}

function candidateOf(trend: readonly Column[], searched: number, waves: readonly Column[]): Candidate {
  return { columns: [...trend, ...waves], trend: trend.length, searched, since: 0 };
}
