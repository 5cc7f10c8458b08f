import { moody, ramp, steady, sum, zero } from '../courses.js';
import { leakSize, type Plan, plan, type Size, someBox } from '../plan.js';
import type { Random } from '../random.js';

/** Leaks of a part of memory that is not the heap, or beside another part that grows and may. */

/** The page cache swings by more than the leak has grown: usage hides it, anon shows it. */
export function cacheNoise(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  const perHour = leakSize(random, size, box) / box.hours;
  const cacheMiB = box.baseMiB * random.uniform(0.5, 2);
  const cache = moody(random, box.hours, () => cacheMiB, random.uniform(0.1, 0.4), random.logUniform(0.1, 3));
  const leak = { part: 'anon', onsetH: 0, grown: steady(0, perHour), perHour } as const;
  return plan(random, box, { level: () => box.baseMiB, leak, cache, activeShare: random.uniform(0.2, 0.6) });
}

/** Files in a tmpfs, or shared segments that nobody frees: file grows, inactive file does not, so the working set grows. */
export function tmpfs(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  const perHour = Math.max(leakSize(random, size, box), 0.15 * box.baseMiB) / box.hours;
  const leak = { part: 'shmem', onsetH: 0, grown: steady(0, perHour), perHour } as const;
  return plan(random, box, { level: () => box.baseMiB, leak, activeShare: random.uniform(0.1, 0.3) });
}

/** Sockets, dentries, pages of eBPF maps: usage grows, neither anon nor file does. */
export function kernel(random: Random, size: Size): Plan {
  const box = someBox(random, size, 4, 48);
  const perHour = Math.max(leakSize(random, size, box), 0.15 * box.baseMiB) / box.hours;
  const leak = { part: 'kernel', onsetH: 0, grown: steady(0, perHour), perHour } as const;
  return plan(random, box, { level: () => box.baseMiB, leak });
}

/** `/-.--''`: a cache fills and is full at 15 to 50 % of the window; below it, something leaks on. */
export function onCacheFill(random: Random, size: Size): Plan {
  const box = someBox(random, size, 6, 48);
  const height = box.baseMiB * random.uniform(0.2, 1);
  const fill = ramp(0, box.hours * random.uniform(0.15, 0.5), height);
  const perHour = leakSize(random, size, box, 0.4 * height) / box.hours;
  const leak = { part: 'anon', onsetH: 0, grown: steady(0, perHour), perHour } as const;
  return plan(random, box, { level: sum((h) => box.baseMiB + fill(h), zero), leak });
}
