import { type Course, grownSince, integral, jumps, meanOf, moody, pulses, wave } from '../courses.js';
import { type Box, leakSize, type Plan, plan, type Size, someBox } from '../plan.js';
import type { Random } from '../random.js';

/** Leaks that do not grow at an even pace. `total` is what has leaked since hour 0, MiB. */
function uneven(random: Random, box: Box, total: Course, perHour: number, extra: Course = () => 0): Plan {
  const leak = { part: 'anon', onsetH: 0, grown: grownSince(0, total), perHour } as const;
  return plan(random, box, { level: (h) => box.baseMiB + extra(h), leak });
}

/** Each request leaks a little; there are more of them at times (moods of minutes to hours). */
export function perRequest(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  const perHour = leakSize(random, size, box) / box.hours;
  const tauH = random.logUniform(0.1, box.hours / 15);
  return uneven(
    random,
    box,
    integral(
      box.hours,
      moody(random, box.hours, () => perHour, random.uniform(0.2, 0.6), tauH),
    ),
    perHour,
  );
}

/** Each request leaks a little, and by night there are few: growth itself has a day. */
export function perRequestByDay(random: Random, size: Size): Plan {
  const box = someBox(random, size, 30, 72);
  const perHour = leakSize(random, size, box) / box.hours;
  const day = wave(random, 24, 1);
  const quiet = random.uniform(0.1, 0.4);
  const mean = quiet + (1 - quiet) * meanOf(day, 24);
  const total = integral(box.hours, (h) => (perHour * (quiet + (1 - quiet) * day(h))) / mean);
  return uneven(random, box, total, perHour, (h) => 0.1 * box.baseMiB * day(h));
}

/**
 * `_|‾|_|‾`: a job that runs 8 to 30 times keeps a piece each time, and often needs more while it runs.
 *
 *                 __
 *           |.___|
 *      |.__|
 *     _|
 */
export function stairs(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  const periodH = box.hours / random.uniform(8, 30);
  const perHour = leakSize(random, size, box) / box.hours;
  const offset = random.uniform(0, 1);
  const job = pulses(random, periodH, periodH * 0.1, random.chance(0.5) ? perHour * periodH * random.uniform(0.5, 4) : 0);
  return uneven(random, box, (h) => perHour * periodH * Math.floor(h / periodH + offset), perHour, job);
}

/** Pieces of different sizes at random times: 20 to 80 in the window. */
export function bursts(random: Random, size: Size): Plan {
  const box = someBox(random, size, 6, 48);
  const count = size.hard ? random.uniform(15, 40) : random.uniform(25, 100);
  const all = leakSize(random, size, box);
  return uneven(random, box, jumps(random, box.hours, count / box.hours, all / count), all / box.hours);
}
