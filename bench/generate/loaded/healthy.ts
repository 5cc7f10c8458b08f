import { type Course, moody, steps } from '../courses.js';
import { type Plan, type Size, someBox, startsAt } from '../plan.js';
import type { Random } from '../random.js';
import { day, lives, loaded, morning, perUnit, steadyTraffic } from './traffic.js';

/** Growth that load or an earlier life of the same image explains. */

/** Memory follows a morning's traffic, both seen in part. From memory alone it cannot be told from a leak. */
export function followsMorning(random: Random, size: Size): Plan {
  const box = { ...someBox(random, size, 4, 9), startInView: false };
  const [traffic, unit] = [morning(random, box), perUnit(random, box)];
  return loaded(random, box, traffic, (h) => box.baseMiB + unit * (traffic(h) - 1));
}

/** Two or three days of traffic, memory with it. */
export function followsDays(random: Random, size: Size): Plan {
  const box = someBox(random, size, 20, 72);
  const traffic = moody(random, box.hours, day(random.uniform(0, 24), random.uniform(1.8, 5)), 0.08, random.uniform(0.1, 0.5));
  const unit = perUnit(random, box);
  return loaded(random, box, traffic, (h) => box.baseMiB + unit * (traffic(h) - 1));
}

/** `__/‾‾` of traffic that stays, within an hour or so: a new tenant, a campaign. Memory goes with it. */
export function trafficStep(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 36);
  const [at, widthH, more] = [
    box.hours * random.uniform(0.3, 0.75),
    random.uniform(0.05, 0.25) * box.hours,
    random.uniform(0.5, 3),
  ];
  const rise: Course = (h) => 1 + more / (1 + Math.exp((-6 * (h - at)) / widthH));
  const traffic = moody(random, box.hours, rise, random.uniform(0.03, 0.12), random.uniform(0.05, 0.3));
  const unit = perUnit(random, box);
  return loaded(random, box, traffic, (h) => box.baseMiB + unit * (traffic(h) - 1));
}

/** The last life is still on the way up, as the earlier lives of this image were at its age. */
export function warmsUpAsBefore(random: Random, size: Size): Plan {
  const { box, starts, rise } = lives(random, size, random.uniform(0.7, 2));
  return loaded(random, box, steadyTraffic(random, box), (h, born) => box.baseMiB + rise(h, born), { starts });
}

/** Three deploys, each image at its own level; traffic is flat. */
export function deploysAtLevels(random: Random, size: Size): Plan {
  const box = someBox(random, size, 8, 48);
  const starts = startsAt(
    [0.2, 0.5, 0.75].map((share) => box.hours * (share + random.uniform(-0.08, 0.08))),
    true,
  );
  const level = steps(
    starts.map(({ h }) => ({ h, height: box.baseMiB * random.uniform(0.9, 1.3) })),
    box.baseMiB,
  );
  return loaded(random, box, steadyTraffic(random, box), level, { starts });
}

/** `__.-''-.__` of traffic, and memory with it, but it gives back a while later than it took. */
export function trafficRisesAndFalls(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 24);
  const [up, down] = [box.hours * random.uniform(0.15, 0.4), box.hours * random.uniform(0.55, 0.85)];
  const [fast, more] = [box.hours * random.uniform(0.02, 0.06), random.uniform(0.5, 3)];
  const hill: Course = (h) => 1 + more / (1 + Math.exp((up - h) / fast)) / (1 + Math.exp((h - down) / fast));
  const traffic = moody(random, box.hours, hill, random.uniform(0.03, 0.12), random.uniform(0.05, 0.3));
  const [unit, lateH] = [perUnit(random, box), random.uniform(0, 0.3)];
  return loaded(random, box, traffic, (h) => box.baseMiB + unit * (Math.max(traffic(h), hill(h - lateH)) - 1));
}

/** Traffic comes and goes, memory does not care. */
export function indifferent(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  const traffic = moody(random, box.hours, day(random.uniform(0, 24), random.uniform(1.5, 5)), 0.1, random.uniform(0.05, 0.5));
  return loaded(random, box, traffic, () => box.baseMiB);
}
