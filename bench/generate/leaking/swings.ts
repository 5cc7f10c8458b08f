import { grownSince, moody, pulses, steady, sum, teeth, wave, zero } from '../courses.js';
import { type Box, leakSize, type Plan, plan, type Size, someBox } from '../plan.js';
import type { Random } from '../random.js';

/** Steady leaks under something that goes up and down by itself. `swingMiB`: from its lowest to its highest. */
function under(random: Random, size: Size, box: Box, swing: (h: number) => number, swingMiB: number): Plan {
  const perHour = leakSize(random, size, box, swingMiB) / box.hours;
  const leak = { part: 'anon', onsetH: 0, grown: steady(0, perHour), perHour } as const;
  return plan(random, box, { level: (h) => box.baseMiB + swing(h), leak });
}

function toothed(random: Random, size: Size, box: Box, periodH: number): Plan {
  const height = box.baseMiB * random.uniform(0.15, size.hard ? 0.8 : 0.5);
  return under(random, size, box, teeth(random, periodH, height), height);
}

/** `/|/|/|` on a rising floor: 5 to 12 long teeth. */
export function longTeeth(random: Random, size: Size): Plan {
  const box = someBox(random, size, 3, 48);
  return toothed(random, size, box, box.hours / random.uniform(5, 12));
}

/** `////////` on a rising floor: 20 to 150 teeth. */
export function shortTeeth(random: Random, size: Size): Plan {
  const box = someBox(random, size, 3, 48);
  return toothed(random, size, box, box.hours / random.logUniform(20, 150));
}

/**
 * Go: teeth of seconds to minutes that readings fall into at random; a floor that wanders. The leak is smaller than they are.
 *
 *     :.' :'.:.'':.':'
 *     .':.'.:.'.:
 */
export function collectorNoise(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 36);
  const height = box.baseMiB * random.uniform(0.3, 0.9);
  const floor = moody(random, box.hours, () => box.baseMiB * 0.3, 0.08, random.logUniform(0.2, 1.5));
  const fast = teeth(random, random.uniform(20, 240) / 3600, height);
  return under(random, size, box, (h) => fast(h) + floor(h), 0.6 * height);
}

/** `_.-'-._.-''`: one day of daily load over a leak: tonight is higher than last night. */
export function dailyWave(random: Random, size: Size): Plan {
  const box = someBox(random, size, 22, 26);
  const height = box.baseMiB * random.uniform(0.1, 0.4);
  return under(random, size, box, wave(random, 24, height), height);
}

/** As above, over 36 to 72 h: whole periods can be compared. */
export function dailyWaveForDays(random: Random, size: Size): Plan {
  const box = someBox(random, size, 36, 72);
  const height = box.baseMiB * random.uniform(0.1, 0.6);
  return under(random, size, box, wave(random, 24, height), height * (size.hard ? 0.6 : 1));
}

/** A load that comes every 3 to 10 h: a wave, with two to eight periods in view. */
export function otherWave(random: Random, size: Size): Plan {
  const periodH = random.uniform(3, 10);
  const hours = periodH * random.uniform(2.2, 8);
  const box = someBox(random, size, hours, hours * 1.01);
  const height = box.baseMiB * random.uniform(0.08, 0.4);
  return under(random, size, box, wave(random, periodH, height), height);
}

/** `_.|-'_.|-'`: a batch each night (or every few hours) takes as much as the leak has in a day, and gives it back. */
export function nightlyBatch(random: Random, size: Size): Plan {
  const box = someBox(random, size, 30, 72);
  const height = box.baseMiB * random.uniform(0.2, 0.8);
  const batch = pulses(random, random.chance(0.6) ? 24 : random.uniform(4, 12), random.uniform(0.2, 2), height);
  return under(random, size, box, batch, 0.3 * height);
}

/** Children come and go, each a piece of memory, and some are never waited for: their number grows, a whole child at a time. */
export function childPool(random: Random, size: Size): Plan {
  const box = someBox(random, size, 6, 48);
  const most = box.baseMiB * random.uniform(0.03, 0.1);
  const perHour = leakSize(random, size, box, 3 * most) / box.hours;
  const child = Math.min(most, (perHour * box.hours) / random.uniform(8, 20));
  const busy = moody(random, box.hours, () => 4, random.uniform(0.2, 0.5), random.logUniform(0.1, 0.6));
  const lost = (h: number) => child * Math.floor((perHour * Math.max(0, h)) / child);
  const leak = { part: 'anon', onsetH: 0, grown: grownSince(0, lost), perHour } as const;
  return plan(random, box, { level: (h) => box.baseMiB + child * Math.round(busy(h)), leak });
}

/** A major collection every few teeth hides the floor of the others: only the deepest valleys are the floor. */
export function twoKindsOfTeeth(random: Random, size: Size): Plan {
  const box = someBox(random, size, 6, 48);
  const [minor, height] = [box.hours / random.logUniform(40, 120), box.baseMiB * random.uniform(0.08, 0.2)];
  const major = minor * random.whole(4, 9);
  const swing = sum(teeth(random, minor, height), teeth(random, major, 1.5 * height), zero);
  return under(random, size, box, (h) => swing(h, 0), 2 * height);
}
