import { type Course, moody, ramp, steps } from '../courses.js';
import { type Plan, plan, type Size, someBox, startsAt } from '../plan.js';
import type { Random } from '../random.js';

/** Another level that stays, and page cache, which is no evidence at all. */

/** `___|‾‾‾`: a deploy, and the new version needs more. */
export function deployStep(random: Random, size: Size): Plan {
  const box = someBox(random, size, 2, 48);
  const h = box.hours * random.uniform(0.2, size.hard ? 0.8 : 0.7);
  const level = steps([{ h, height: box.baseMiB * random.uniform(1.08, 1.8) }], box.baseMiB);
  return plan(random, box, { level, starts: startsAt([h], true) });
}

/** `___|‾‾‾` without a start: a flag, a bigger dictionary, one more tenant. */
export function step(random: Random, size: Size): Plan {
  const box = someBox(random, size, 2, 48);
  const h = box.hours * random.uniform(0.15, size.hard ? 0.85 : 0.7);
  return plan(random, box, { level: steps([{ h, height: box.baseMiB * random.uniform(1.08, 1.8) }], box.baseMiB) });
}

/** `__|‾|‾‾‾‾`: two or three of them, not in step, none in the last third. */
export function severalSteps(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  let height = box.baseMiB;
  const hours = Array.from({ length: random.whole(2, 3) }, () => box.hours * random.uniform(0.1, size.hard ? 0.75 : 0.65));
  const at = hours
    .sort((a, b) => a - b)
    .map((h) => {
      height += box.baseMiB * random.uniform(0.06, 0.4);
      return { h, height };
    });
  return plan(random, box, { level: steps(at, box.baseMiB) });
}

function cached(random: Random, size: Size, cache: (hours: number, baseMiB: number) => Course, active: number): Plan {
  const box = someBox(random, size, 2, 48);
  return plan(random, box, { level: () => box.baseMiB, cache: cache(box.hours, box.baseMiB), activeShare: active });
}

/** Page cache grows by up to four times the base, to the limit where there is one; anon does not move. */
export function cacheGrowth(random: Random, size: Size): Plan {
  const times = random.uniform(0.5, 4);
  return cached(random, size, (hours, base) => (h) => (base * times * h) / hours, random.uniform(0.05, 0.3));
}

/** The same with most of it active, so that the working set grows too; it fills in view. */
export function activeCacheFill(random: Random, size: Size): Plan {
  const times = random.uniform(0.3, 2);
  const full = random.uniform(0.3, 0.8);
  return cached(random, size, (hours, base) => ramp(0, hours * full, base * times), random.uniform(0.5, 0.9));
}

/** `/|/|/|` in the page cache: a log is written, rotated and dropped. */
export function logRotation(random: Random, size: Size): Plan {
  const [periods, offset, times] = [random.uniform(1.5, 9), random.uniform(0, 1), random.uniform(0.3, 2)];
  const log = (hours: number, base: number) => (h: number) => base * times * (((h / hours) * periods + offset) % 1);
  return cached(random, size, log, random.uniform(0.05, 0.6));
}

/** Reads come and go: the cache swings by more than the base. */
export function cacheSwings(random: Random, size: Size): Plan {
  const tauH = random.logUniform(0.1, 3);
  return cached(random, size, (hours, base) => moody(random, hours, () => base, 0.4, tauH), random.uniform(0.2, 0.7));
}
