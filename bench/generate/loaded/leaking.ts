import { grownSince, integral, meanOf, moody, steady } from '../courses.js';
import { type Leak, leakSize, type Plan, type Size, someBox } from '../plan.js';
import type { Random } from '../random.js';
import { day, lives, loaded, morning, perUnit, steadyTraffic } from './traffic.js';

/** Growth that load does not explain. */

const anonLeak = (perHour: number, onsetH = 0): Leak => ({ part: 'anon', onsetH, grown: steady(onsetH, perHour), perHour });

/** Every unit of a morning's traffic leaves something behind; the rest of memory hardly follows it. */
export function leaksPerUnit(random: Random, size: Size): Plan {
  const box = { ...someBox(random, size, 4, 9), startInView: false };
  const traffic = morning(random, box);
  const total = integral(box.hours, traffic);
  const perTraffic = leakSize(random, { hard: false }, box) / total(box.hours);
  const leak = {
    part: 'anon',
    onsetH: 0,
    grown: grownSince(0, (h) => perTraffic * total(h)),
    perHour: perTraffic * meanOf(traffic, 24),
  } as const;
  const unit = 0.1 * perUnit(random, box);
  return loaded(random, box, traffic, (h) => box.baseMiB + unit * (traffic(h) - 1), { leak });
}

/** The same days, and a steady leak that traffic does not explain. */
export function leaksUnderDays(random: Random, size: Size): Plan {
  const box = someBox(random, size, 20, 60);
  const traffic = moody(random, box.hours, day(random.uniform(0, 24), random.uniform(1.8, 4)), 0.08, random.uniform(0.1, 0.5));
  const unit = perUnit(random, box);
  const leak = anonLeak(leakSize(random, size, box, 2 * unit) / box.hours);
  return loaded(random, box, traffic, (h) => box.baseMiB + unit * (traffic(h) - 1), { leak });
}

/** Traffic stays as it is. */
export function leaksAtFlatTraffic(random: Random, size: Size): Plan {
  const box = someBox(random, size, 3, 36);
  const traffic = moody(random, box.hours, () => 1, random.uniform(0.05, 0.2), random.uniform(0.05, 0.5));
  return loaded(random, box, traffic, () => box.baseMiB, { leak: anonLeak(leakSize(random, size, box) / box.hours) });
}

/** Traffic goes home, memory does not. */
export function leaksAgainstTraffic(random: Random, size: Size): Plan {
  const box = { ...someBox(random, size, 4, 9), startInView: false };
  const evening = day(random.uniform(-15, -12), random.uniform(1.5, 3));
  const traffic = moody(random, box.hours, evening, 0.08, random.uniform(0.05, 0.3));
  const unit = 0.3 * perUnit(random, box);
  const leak = anonLeak(leakSize(random, { hard: false }, box, 2 * unit) / box.hours);
  return loaded(random, box, traffic, (h) => box.baseMiB + unit * (traffic(h) - 1), { leak });
}

/** It begins as the others did; when they had long settled it still grows. In half of the cases its image is new. */
export function doesNotSettle(random: Random, size: Size): Plan {
  const { box, lastH, starts, rise } = lives(random, size, random.uniform(5, 12));
  const leak = anonLeak(leakSize(random, size, box) / (box.hours - lastH), lastH);
  const others = random.chance(0.5)
    ? starts
    : starts.map((start) => (start.h === lastH ? { h: start.h, image: `${start.image}1` } : start));
  return loaded(random, box, steadyTraffic(random, box), (h, born) => box.baseMiB + rise(h, born), { leak, starts: others });
}

/** Killed two to six times, and the engine says so; traffic is flat. */
export function killedAndTold(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 36);
  const mib = Math.ceil(box.baseMiB * random.uniform(1.6, 5));
  const leak = anonLeak(((mib - box.baseMiB) * random.uniform(2.2, 6.5)) / box.hours);
  return loaded(random, box, steadyTraffic(random, box), () => box.baseMiB, { leak, limit: { mib, known: random.chance(0.8) } });
}
