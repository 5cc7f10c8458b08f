import { moody, steps } from '../courses.js';
import { type Noise, type Plan, plan, type Size, someBox } from '../plan.js';
import type { Random } from '../random.js';

/** Nothing happens but noise; and memory that goes down. */

function constant(random: Random, size: Size, noise: (base: Noise, baseMiB: number) => Partial<Noise>): Plan {
  const box = someBox(random, size, 1, 60);
  return plan(random, { ...box, noise: { ...box.noise, ...noise(box.noise, box.baseMiB) } }, { level: () => box.baseMiB });
}

/** `------` with noise that forgets at once. */
export function whiteNoise(random: Random, size: Size): Plan {
  return constant(random, size, ({ sdMiB }) => ({ sdMiB: sdMiB * 0.05, whiteMiB: sdMiB }));
}

/** `-_-~-_` with moods of a few minutes to two hours. */
export function moodyNoise(random: Random, size: Size): Plan {
  return constant(random, size, ({ sdMiB }) => ({ tauH: random.logUniform(0.05, 2), whiteMiB: sdMiB * 0.2 }));
}

/** `--|--|---` with bursts of up to a quarter of the base, several an hour. */
export function heavyTails(random: Random, size: Size): Plan {
  return constant(random, size, (_, base) => ({
    spikesPerHour: random.logUniform(0.5, 8),
    spikeMiB: base * random.uniform(0.05, 0.25),
  }));
}

/** A bounded walk: 2 to 8 % of the base, correlation of 10 min to 2 h, with at least 5 of these in the window. */
export function boundedWalk(random: Random, size: Size): Plan {
  const box = someBox(random, size, 3, 60);
  const tauH = random.logUniform(1 / 6, Math.min(2, box.hours / 5));
  const sdMiB = box.baseMiB * random.uniform(0.02, size.hard ? 0.08 : 0.05);
  return plan(random, { ...box, noise: { ...box.noise, sdMiB, tauH } }, { level: () => box.baseMiB });
}

/** Busy children, none of which grows: the level is a whole number of them. */
export function children(random: Random, size: Size): Plan {
  const box = someBox(random, size, 2, 48);
  const child = box.baseMiB * random.uniform(0.03, 0.1);
  const busy = moody(random, box.hours, () => 4, random.uniform(0.2, 0.5), random.logUniform(0.05, box.hours / 20));
  return plan(random, box, { level: (h) => box.baseMiB + child * Math.round(busy(h)) });
}

/** `'-..__`: it gives back slowly what it took. */
export function decline(random: Random, size: Size): Plan {
  const box = someBox(random, size, 3, 48);
  const fall = box.baseMiB * random.uniform(0.05, 0.4);
  const straight = random.chance(0.5);
  const tauH = box.hours * random.uniform(0.1, 0.5);
  const level = (h: number) => box.baseMiB + fall * (straight ? 1 - h / box.hours : Math.exp(-h / tauH));
  return plan(random, { ...box, startInView: false }, { level });
}

/** `__|'-.__`: a burst of work, and its memory comes back over an hour or more once it is idle. */
export function givenBack(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  const [from, tauH] = [box.hours * random.uniform(0.15, 0.6), box.hours * random.uniform(0.03, 0.12)];
  const to = from + box.hours * random.uniform(0.02, 0.1);
  const height = box.baseMiB * random.uniform(0.1, 0.8);
  const rise = steps([{ h: from, height }], 0);
  const kept = height * random.uniform(0, 0.15);
  return plan(random, box, {
    level: (h) => box.baseMiB + (h <= to ? rise(h) : kept + (height - kept) * Math.exp((to - h) / tauH)),
  });
}
