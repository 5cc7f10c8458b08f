import { type Course, type LifeCourse, ramp, settling, steps, sum, teeth, zero } from '../courses.js';
import { type Box, type Plan, plan, type Size, someBox, spread, startsAt } from '../plan.js';
import type { Random } from '../random.js';

/** Growth that ends by itself. Where it ends is in view, except in hard cases of the first two. */

function settles(random: Random, box: Box, rise: LifeCourse): Plan {
  return plan(random, { ...box, startInView: true }, { level: (h, born) => box.baseMiB + rise(h, born) });
}

/** `/.-''---`: a third of the window to settle in at most; in hard cases as long as half of it. */
export function warmUp(random: Random, size: Size): Plan {
  const box = someBox(random, size, 1.5, 36);
  const tauH = box.hours * random.logUniform(0.03, size.hard ? 0.3 : 0.15);
  return settles(random, box, settling(tauH, box.baseMiB * random.uniform(0.2, 1.5)));
}

/** `/''/''---`: classes first, then caches, each with its own pace. */
export function warmUpInTwo(random: Random, size: Size): Plan {
  const box = someBox(random, size, 2, 36);
  const slow = settling(box.hours * random.uniform(0.08, size.hard ? 0.25 : 0.15), box.baseMiB * random.uniform(0.1, 0.5));
  return settles(
    random,
    box,
    sum(settling(box.hours * random.uniform(0.005, 0.03), box.baseMiB * random.uniform(0.2, 0.8)), slow),
  );
}

/**
 * A JVM's heap is enlarged in steps, each later and smaller than the one before; then never again.
 *
 *          ____---------
 *       __|
 *     _|
 */
export function heapSteps(random: Random, size: Size): Plan {
  const box = someBox(random, size, 3, 36);
  const [count, end] = [random.whole(4, 9), random.uniform(0.25, size.hard ? 0.65 : 0.45)];
  let height = 0;
  const at = Array.from({ length: count }, (_, index) => {
    height += (box.baseMiB * random.uniform(0.15, 0.4)) / (1 + 0.4 * index);
    return { h: box.hours * end * ((index + 1) / count) ** 1.7, height };
  });
  return settles(random, box, steps(at));
}

/** `/‾‾‾`: a bounded cache fills at an even pace, and is full at 15 to 75 % of the window. */
export function cacheFill(random: Random, size: Size): Plan {
  const box = someBox(random, size, 2, 48);
  const [from, full] = [random.chance(0.6) ? 0 : random.uniform(0.02, 0.12), random.uniform(0.15, size.hard ? 0.75 : 0.6)];
  const fill = ramp(box.hours * from, box.hours * Math.max(full, from + 0.08), box.baseMiB * random.uniform(0.2, 1.5));
  return plan(random, box, { level: (h) => box.baseMiB + fill(h) });
}

/** `/|/|/|` on a plateau: entries live for a time; once the first are as old, as many go as come, in sweeps. */
export function expiringCache(random: Random, size: Size): Plan {
  const box = someBox(random, size, 3, 48);
  const height = box.baseMiB * random.uniform(0.3, 1.2);
  const full = box.hours * random.uniform(0.12, size.hard ? 0.55 : 0.4);
  const sweep = teeth(random, full * random.uniform(0.2, 0.5), height * random.uniform(0.1, 0.3));
  const fill = ramp(0, full, height);
  return plan(random, box, { level: (h) => box.baseMiB + (h < full ? fill(h) : height - sweep(full) + sweep(h)) });
}

/** Holes between blocks: fast at first, then as a logarithm that meets its bound. */
export function fragmentation(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  const [height, end] = [box.baseMiB * random.uniform(0.1, 0.7), box.hours * random.uniform(0.25, size.hard ? 0.6 : 0.45)];
  const curve: Course = (h) => Math.min(1, Math.log1p((9 * h) / end) / Math.log(10));
  return settles(random, box, (h) => height * curve(h));
}

/** `/--''‾‾‾`: connections of a pool are opened one by one, up to its maximum. */
export function pool(random: Random, size: Size): Plan {
  const box = someBox(random, size, 2, 48);
  const [count, each] = [random.whole(10, 60), box.baseMiB * random.uniform(0.008, 0.03)];
  const tauH = box.hours * random.uniform(0.06, size.hard ? 0.25 : 0.15);
  const opened: LifeCourse = (h, born) => Math.round(count * Math.min(1, 1.1 * (1 - Math.exp(-(h - born) / tauH))));
  return settles(random, box, (h, born) => each * opened(h, born));
}

/** `/--|/--|/--`: three to five deploys, and each life warms up as the others did. */
export function deploysWithWarmUp(random: Random, size: Size): Plan {
  const box = { ...someBox(random, size, 12, 72), startInView: true };
  const count = random.whole(3, 5);
  const starts = startsAt(spread(random, count, box.hours / (count + 1), box.hours), true);
  const rise = settling(
    (box.hours / (count + 1)) * random.uniform(0.03, size.hard ? 0.2 : 0.1),
    box.baseMiB * random.uniform(0.1, 0.7),
  );
  const level = steps(
    starts.map(({ h }) => ({ h, height: box.baseMiB * random.uniform(0.94, 1.06) })),
    box.baseMiB,
  );
  return plan(random, box, { level: sum(level, rise, zero), starts });
}
