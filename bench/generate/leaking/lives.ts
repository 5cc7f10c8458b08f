import { settling, steady, steps } from '../courses.js';
import { imageOf, leakSize, type Plan, plan, type Size, someBox, spread, startsAt } from '../plan.js';
import type { Random } from '../random.js';

/** Leaks in which starts, deploys and kills matter. */

/** `___|/`: a deploy restarts the container, moves its level a bit, and it leaks from then on. */
export function afterDeploy(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  const onsetH = box.hours * random.uniform(0.25, 0.7);
  const perHour = leakSize(random, size, box) / (box.hours - onsetH);
  const level = steps([{ h: onsetH, height: box.baseMiB * random.uniform(0.85, 1.2) }], box.baseMiB);
  const leak = { part: 'anon', onsetH, grown: steady(onsetH, perHour), perHour } as const;
  return plan(random, box, { level, leak, starts: startsAt([onsetH], true) });
}

/** `___/`: a flag is switched on; nothing restarts. Its first use moves the level too, in half of the cases. */
export function afterFlag(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  const onsetH = box.hours * random.uniform(0.25, 0.65);
  const perHour = leakSize(random, size, box) / (box.hours - onsetH);
  const step = random.chance(0.5) ? box.baseMiB * random.uniform(0.03, 0.25) : 0;
  const level = steps([{ h: onsetH, height: box.baseMiB + step }], box.baseMiB);
  return plan(random, box, { level, leak: { part: 'anon', onsetH, grown: steady(onsetH, perHour), perHour } });
}

function killed(random: Random, size: Size, known: boolean): Plan {
  const box = someBox(random, size, 4, 36);
  const cycles = random.uniform(2.2, 6.5);
  const limitMiB = box.baseMiB * random.uniform(1.6, 5);
  const perHour = ((limitMiB - box.baseMiB) * cycles) / box.hours;
  const leak = { part: 'anon', onsetH: 0, grown: steady(0, perHour), perHour } as const;
  return plan(random, box, { level: () => box.baseMiB, leak, limit: { mib: Math.ceil(limitMiB), known } });
}

/** `/|/|/|`: out of memory, killed, again: two to six times in the window. */
export function oomCycles(random: Random, size: Size): Plan {
  return killed(random, size, true);
}

/** As above, but what kills it is not known: the host, or a limit that nobody told. */
export function oomCyclesUnknownLimit(random: Random, size: Size): Plan {
  return killed(random, size, false);
}

/** `/|/|/|` far below the limit: 3 to 6 deploys (or restarts) each end a life before it shows; all grow alike. */
export function hiddenByDeploys(random: Random, size: Size): Plan {
  const box = { ...someBox(random, size, 12, 72), startInView: true };
  const count = random.whole(3, 6);
  const starts = startsAt(spread(random, count, box.hours / (count + 1), box.hours), random.chance(0.7));
  const perHour = (leakSize(random, size, box) * (size.hard ? 2 : 1)) / (box.hours / (count + 1));
  const rise = settling(random.uniform(0.05, 0.3), box.baseMiB * random.uniform(0.05, 0.3));
  const leak = { part: 'anon', onsetH: 0, grown: steady(0, perHour), perHour } as const;
  return plan(random, box, { level: (h, born) => box.baseMiB + rise(h, born), leak, starts });
}

/** Restarted by hand when it got big, and the last life is long enough to be seen alone. */
export function restartedByHand(random: Random, size: Size): Plan {
  const box = someBox(random, size, 10, 60);
  const at = box.hours * random.uniform(0.3, 0.6);
  const perHour = leakSize(random, size, box) / (box.hours - at);
  const leak = { part: 'anon', onsetH: 0, grown: steady(0, perHour), perHour } as const;
  return plan(random, box, { level: () => box.baseMiB, leak, starts: [{ h: at, image: imageOf(0) }] });
}
