import { type Course, moody, settling } from '../courses.js';
import { type Box, type Load, type Plan, plan, type Size, someBox, startsAt } from '../plan.js';
import type { Random } from '../random.js';

/** Series that say CPU and traffic too, so that growth can be told from load. `traffic` is 1 when it is quiet. */

export function loaded(
  random: Random,
  box: Box,
  traffic: Course,
  level: (h: number, born: number) => number,
  rest: Partial<Plan> = {},
): Plan {
  const load: Load = { traffic, bytesPerSecond: random.logUniform(2e3, 2e6), cpuShare: random.logUniform(0.005, 0.4) };
  return plan(random, box, { ...rest, level, load });
}

/** `_.-'|`: a day that is quietest at `quietH` and has `times` the traffic 12 h later. */
export function day(quietH: number, times: number): Course {
  return (h) => 1 + ((times - 1) * (1 - Math.cos((2 * Math.PI * (h - quietH)) / 24))) / 2;
}

/** Traffic of a morning that the window sees 4 to 9 h of, with moods of its own. */
export function morning(random: Random, box: Box): Course {
  const rise = day(random.uniform(-3, 1), random.uniform(1.8, 5));
  return moody(random, box.hours, rise, random.uniform(0.03, 0.12), random.uniform(0.05, 0.3));
}

/** Memory per unit of traffic above the quiet one, MiB: so that the morning adds 15 to 60 % of the base. */
export const perUnit = (random: Random, box: Box) => box.baseMiB * random.uniform(0.06, 0.2);

/**
 * Two to four lives of one image warm up alike. The last has just begun:
 *
 *      .---- .---- .---- .
 *     /     /     /     /
 */
export function lives(random: Random, size: Size, lastTaus: number) {
  const tauH = random.uniform(0.3, 2);
  const count = random.whole(2, 4);
  const starts: number[] = [];
  let h = 0;
  for (let i = 0; i < count; i += 1) {
    h += tauH * random.uniform(6, 12);
    starts.push(h);
  }
  const hours = h + tauH * lastTaus;
  const box = { ...someBox(random, size, hours, hours * 1.001), hours, startInView: true };
  return { box, lastH: h, starts: startsAt(starts, false), tauH, rise: settling(tauH, box.baseMiB * random.uniform(0.3, 1)) };
}

export const steadyTraffic = (random: Random, box: Box) => moody(random, box.hours, () => 1, random.uniform(0.05, 0.15), 0.2);
