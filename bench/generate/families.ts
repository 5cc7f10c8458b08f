import * as flat from './healthy/flat.js';
import * as levels from './healthy/levels.js';
import * as settles from './healthy/settles.js';
import * as swings from './healthy/swings.js';
import * as growth from './leaking/growth.js';
import * as lives from './leaking/lives.js';
import * as parts from './leaking/parts.js';
import * as leakingSwings from './leaking/swings.js';
import * as uneven from './leaking/uneven.js';
import * as loadedHealthy from './loaded/healthy.js';
import * as loadedLeaking from './loaded/leaking.js';
import type { Plan, Size } from './plan.js';
import { type Random, randomFrom } from './random.js';
import { type GeneratedSeries, simulate } from './simulate.js';
import * as weeksHealthy from './weeks/healthy.js';
import * as weeksLeaking from './weeks/leaking.js';

/** A kind of series. `plan` is its noise-free curve with parameters by chance, `make` plays it. Both are pure. */
export type Family = {
  readonly name: string;
  readonly kind: 'hours' | 'weeks';
  readonly label: 'leak' | 'no-leak';
  plan(random: Random, size: Size): Plan;
  make(random: Random, size: Size): GeneratedSeries;
};

type Planner = (random: Random, size: Size) => Plan;

/** A file of families becomes rows: `linearSlow` of `leaking/` is `leak-linear-slow`. */
function rows(
  kind: Family['kind'],
  label: Family['label'],
  prefix: string,
  planners: Readonly<Record<string, Planner>>,
): Family[] {
  return Object.entries(planners).map(([exported, planner]) => {
    const name = `${prefix}-${exported.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return {
      name,
      kind,
      label,
      plan: planner,
      make: (random, size) => simulate(random, { id: name, family: name }, planner(random, size)),
    };
  });
}

export const families: readonly Family[] = [
  ...rows('hours', 'leak', 'leak', { ...growth }),
  ...rows('hours', 'leak', 'leak', { ...leakingSwings }),
  ...rows('hours', 'leak', 'leak', { ...uneven }),
  ...rows('hours', 'leak', 'leak', { ...lives }),
  ...rows('hours', 'leak', 'leak', { ...parts }),
  ...rows('hours', 'leak', 'loaded-leak', { ...loadedLeaking }),
  ...rows('hours', 'no-leak', 'healthy', { ...flat }),
  ...rows('hours', 'no-leak', 'healthy', { ...settles }),
  ...rows('hours', 'no-leak', 'healthy', { ...swings }),
  ...rows('hours', 'no-leak', 'healthy', { ...levels }),
  ...rows('hours', 'no-leak', 'loaded-healthy', { ...loadedHealthy }),
  ...rows('weeks', 'no-leak', 'week-healthy', { ...weeksHealthy }),
  ...rows('weeks', 'leak', 'week-leak', { ...weeksLeaking }),
];

/** The source of chance of one series: a family, a seed and a number always give the same series, whatever else is made. */
export function randomOf(family: Family, seed: number, index: number): Random {
  return randomFrom(`${family.name}/${seed}/${index}`);
}

/** One series of a corpus, with an id of its own. */
export function makeSeries(family: Family, seed: number, index: number, size: Size): GeneratedSeries {
  return { ...family.make(randomOf(family, seed, index), size), id: `${family.name}-${index}-s${seed}` };
}
