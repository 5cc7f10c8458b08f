import { type Course, moody, pulses, sum, teeth, wave, zero } from '../courses.js';
import { type Box, type Plan, plan, type Size, someBox } from '../plan.js';
import type { Random } from '../random.js';

/** What goes up and comes down again. */

function swinging(random: Random, box: Box, ...swings: readonly Course[]): Plan {
  return plan(random, box, { level: sum(() => box.baseMiB, ...swings) });
}

/** `/|/|/|`: 4 to 12 teeth; their height drifts, so that three valleys in a row may rise. */
export function longTeeth(random: Random, size: Size): Plan {
  const box = someBox(random, size, 2, 48);
  return swinging(random, box, teeth(random, box.hours / random.uniform(4, 12), box.baseMiB * random.uniform(0.1, 1)));
}

/** `//////`: 20 to 200 teeth whose height is modulated over the window. */
export function shortTeeth(random: Random, size: Size): Plan {
  const box = someBox(random, size, 2, 48);
  const fast = teeth(random, box.hours / random.logUniform(20, 200), box.baseMiB * random.uniform(0.1, 0.8));
  const slow = wave(random, box.hours * random.uniform(0.3, 0.9), random.uniform(0.1, 0.5));
  return swinging(random, box, (h) => fast(h) * (0.5 + slow(h)));
}

/** Minor teeth climb on what a major collection takes back, every 4 to 15 of them; at least 3 of these in the window. */
export function majorCollections(random: Random, size: Size): Plan {
  const box = someBox(random, size, 3, 48);
  const major = box.hours / random.uniform(3, size.hard ? 5 : 12);
  const height = box.baseMiB * random.uniform(0.1, 0.5);
  return swinging(random, box, teeth(random, major, 1.5 * height), teeth(random, major / random.whole(4, 15), height));
}

/** `_.-'-._`: a day's load, any phase, of 14 to 72 h. */
export function dailyWave(random: Random, size: Size): Plan {
  const box = someBox(random, size, size.hard ? 14 : 22, 72);
  const day = wave(random, 24, 1);
  const height = box.baseMiB * random.uniform(0.08, 0.6);
  return swinging(
    random,
    box,
    moody(random, box.hours, (h) => height * day(h), random.uniform(0.02, 0.1), random.uniform(0.1, 1)),
  );
}

/** A load that comes every 3 to 10 h, with 1.5 to 8 periods in view. */
export function otherWave(random: Random, size: Size): Plan {
  const periodH = random.uniform(3, 10);
  const hours = periodH * random.uniform(size.hard ? 1.4 : 2, 8);
  const box = someBox(random, size, hours, hours * 1.01);
  return swinging(random, box, wave(random, periodH, box.baseMiB * random.uniform(0.08, 0.5)));
}

/** A day's load with teeth on it, as most services have it. */
export function dailyTeeth(random: Random, size: Size): Plan {
  const box = someBox(random, size, 20, 72);
  const day = wave(random, 24, box.baseMiB * random.uniform(0.08, 0.4));
  return swinging(random, box, day, teeth(random, random.logUniform(0.1, 2), box.baseMiB * random.uniform(0.05, 0.4)));
}

/** `__.-''-.__`: load comes, stays for a while and goes; the window sees the end of it. */
export function riseAndFall(random: Random, size: Size): Plan {
  const box = someBox(random, size, 3, 36);
  const [up, down] = [box.hours * random.uniform(0.1, 0.4), box.hours * random.uniform(0.55, size.hard ? 0.88 : 0.75)];
  const [fast, height] = [box.hours * random.uniform(0.02, 0.06), box.baseMiB * random.uniform(0.1, 0.8)];
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  return swinging(random, box, (h) => height * sigmoid((h - up) / fast) * sigmoid((down - h) / fast));
}

/** `_|‾|_|‾|_`: two levels in turn, for as long each. */
export function squareWave(random: Random, size: Size): Plan {
  const box = someBox(random, size, 3, 48);
  const periodH = box.hours / random.uniform(2.5, 9);
  const [offset, height] = [random.uniform(0, 1), box.baseMiB * random.uniform(0.08, 0.6)];
  const share = random.uniform(0.35, 0.65);
  return swinging(random, box, (h) => ((h / periodH + offset) % 1 < share ? height : 0));
}

/** `__|_|__|_`: a batch every so often; at least 4 of them. */
export function batches(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 60);
  const periodH = box.hours / random.logUniform(4, 25);
  return swinging(
    random,
    box,
    pulses(random, periodH, periodH * random.uniform(0.03, 0.3), box.baseMiB * random.uniform(0.1, 1)),
    zero,
  );
}
