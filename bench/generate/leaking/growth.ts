import { type LifeCourse, steady } from '../courses.js';
import { type Box, type Leak, leakSize, type Plan, plan, type Size, someBox } from '../plan.js';
import type { Random } from '../random.js';

/** Leaks over a flat level that differ in the curve of their growth. */

function over(random: Random, box: Box, leak: Leak, level: LifeCourse = () => box.baseMiB): Plan {
  return plan(random, box, { level, leak });
}

/** `_,.-'` at a tenth to all of the base in a window of up to three days. */
export function linearSlow(random: Random, size: Size): Plan {
  const box = someBox(random, size, 6, 72);
  const perHour = leakSize(random, size, box) / box.hours;
  return over(random, box, { part: 'anon', onsetH: 0, grown: steady(0, perHour), perHour });
}

/** `/`: the base once more within an hour or two. */
export function linearFast(random: Random, size: Size): Plan {
  const box = someBox(random, size, 1, 6);
  const perHour = Math.max(leakSize(random, size, box) / box.hours, box.baseMiB * random.logUniform(0.1, size.hard ? 0.2 : 1));
  return over(random, box, { part: 'anon', onsetH: 0, grown: steady(0, perHour), perHour });
}

/**
 * The start takes a tenth to a third of the window, and what follows is not flat.
 *
 *         __..--''
 *      .-'
 *     /
 */
export function warmUpThenLine(random: Random, size: Size): Plan {
  const box = { ...someBox(random, size, 3, 40), startInView: true };
  const [tauH, rise] = [box.hours * random.uniform(0.03, 0.1), box.baseMiB * random.uniform(0.2, 0.8)];
  const perHour = leakSize(random, size, box, 0.3 * rise) / box.hours;
  const level: LifeCourse = (h, born) => box.baseMiB + rise * (1 - Math.exp(-(h - born) / tauH));
  return over(random, box, { part: 'anon', onsetH: 0, grown: steady(0, perHour), perHour }, level);
}

/** `______/`: only the last fifth to two fifths of the window show it. */
export function beginsLate(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  const onsetH = box.hours * random.uniform(0.6, 0.8);
  const perHour = leakSize(random, size, box) / (box.hours - onsetH);
  return over(random, box, { part: 'anon', onsetH, grown: steady(onsetH, perHour), perHour });
}

/** `__.-/`: growth as a power of the age, 1.3 to 2.2: each thing kept makes the next one bigger. */
export function powerLaw(random: Random, size: Size): Plan {
  const box = { ...someBox(random, size, 3, 36), startInView: true };
  const [power, all] = [random.uniform(1.3, 2.2), leakSize(random, size, box)];
  const grown: LifeCourse = (h, born) => all * (Math.max(0, h - born) / box.hours) ** power;
  return over(random, box, { part: 'anon', onsetH: 0, grown, perHour: all / box.hours });
}

/** `___.|`: growth by a share of what has grown, e² to e⁴ over the window. */
export function exponential(random: Random, size: Size): Plan {
  const box = { ...someBox(random, size, 3, 36), startInView: true };
  const [folds, all] = [random.uniform(1.2, 3), leakSize(random, size, box)];
  const grown: LifeCourse = (h, born) => (all * Math.expm1((folds * Math.max(0, h - born)) / box.hours)) / Math.expm1(folds);
  return over(random, box, { part: 'anon', onsetH: 0, grown, perHour: all / box.hours });
}

/** `/.--'''`: slower and slower, but without an end: a root, or a logarithm. */
export function decelerating(random: Random, size: Size): Plan {
  const box = { ...someBox(random, size, 4, 48), startInView: true };
  const all = leakSize(random, size, box) * 1.5;
  const [root, tauH] = [random.chance(0.6), box.hours * random.uniform(0.15, 0.4)];
  const power = random.uniform(0.5, 0.75);
  const curve = (age: number) => (root ? (age / box.hours) ** power : Math.log1p(age / tauH) / Math.log1p(box.hours / tauH));
  const grown: LifeCourse = (h, born) => all * curve(Math.max(0, h - born));
  return over(random, box, { part: 'anon', onsetH: 0, grown, perHour: all / box.hours });
}

/** `/‾/‾/‾`: it works about 70 % of the time and rests between. */
export function pauses(random: Random, size: Size): Plan {
  const box = someBox(random, size, 6, 48);
  const [works, periodH] = [random.uniform(0.6, 0.8), box.hours / random.uniform(4, 14)];
  const offset = random.uniform(0, 1);
  const perHour = leakSize(random, size, box) / box.hours;
  const worked = (h: number) => {
    const phase = h / periodH + offset;
    return periodH * (Math.floor(phase) + Math.min(1, (phase - Math.floor(phase)) / works));
  };
  const grown: LifeCourse = (h, born) => perHour * Math.max(0, worked(h) - worked(Math.max(0, born)));
  return over(random, box, { part: 'anon', onsetH: 0, grown, perHour });
}
