import { grownSince, integral, steady, wave } from '../courses.js';
import { type Leak, type Plan, plan, type Size, spread } from '../plan.js';
import type { Random } from '../random.js';
import { type Service, someService, WEEK } from './service.js';

/** Weeks with a leak. */

/** Grows to the limit within `toOomH` hours of its onset; after the kill it goes on. */
function leaking(random: Random, service: Service, onsetH: number, toOomH: number, part: Leak['part'] = 'anon'): Plan {
  const { box, level, starts } = service;
  const { limit, perHour } = pace(random, service, toOomH);
  return plan(random, box, { level, starts, limit, leak: { part, onsetH, grown: steady(onsetH, perHour), perHour } });
}

function pace(random: Random, { box, topMiB }: Service, toOomH: number) {
  const mib = Math.ceil(Math.max(box.baseMiB * random.uniform(2, 5), topMiB * random.uniform(1.25, 1.6)));
  // Memory always ends somewhere: where nobody told the limit, the kernel kills all the same.
  return { limit: { mib, known: random.chance(0.8) }, perHour: (mib - topMiB) / toOomH };
}

/** 12 h to 14 days, and at least a fifth of it in view (a tenth when it is hard). */
function timeToOom(random: Random, size: Size, onsetH: number): number {
  return random.logUniform(12, Math.min(336, (WEEK - onsetH) * (size.hard ? 10 : 5)));
}

export function fromDeploy(random: Random, size: Size): Plan {
  const onsetH = WEEK * random.uniform(0.25, 0.9);
  const earlier = spread(random, random.whole(1, 3), 4, onsetH - 4);
  return leaking(random, someService(random, size, [...earlier, onsetH]), onsetH, timeToOom(random, size, onsetH));
}

/** Nothing happened when it began; deploys before it, none after it. */
export function fromNowhere(random: Random, size: Size): Plan {
  const onsetH = WEEK * random.uniform(0.25, 0.9);
  const earlier = spread(random, random.whole(1, 3), 4, onsetH - 4);
  const part = random.pick(['anon', 'anon', 'anon', 'anon', 'shmem', 'kernel'] as const);
  return leaking(random, someService(random, size, earlier), onsetH, timeToOom(random, size, onsetH), part);
}

/** 12 to 36 h to the first kill, and again and again. */
export function killedAgain(random: Random, size: Size): Plan {
  const onsetH = WEEK * random.uniform(0.25, 0.7);
  return leaking(random, someService(random, size, [onsetH]), onsetH, random.logUniform(12, 36));
}

/** A deploy every one to two days; each version leaks, none lives long enough to be killed. */
export function hiddenByDeploys(random: Random, size: Size): Plan {
  const deploys = spread(random, random.whole(4, 6), 10, WEEK - 12);
  return leaking(random, someService(random, size, deploys), 0, random.uniform(2.5, 8) * 24);
}

/** It leaks as load has it: by day more than by night, hardly at the weekend. */
export function onWeekdays(random: Random, size: Size): Plan {
  const onsetH = WEEK * random.uniform(0.25, 0.6);
  const service = someService(random, size, [onsetH]);
  const day = wave(random, 24, 1.6);
  const { limit, perHour } = pace(random, service, timeToOom(random, size, onsetH));
  const total = integral(WEEK, (h) => (0.2 + day(h)) * service.weekday(h) ** 2);
  const mean = total(2 * WEEK) / (2 * WEEK);
  const grown = grownSince(onsetH, (h) => (perHour * total(h)) / mean);
  const { box, level, starts } = service;
  return plan(random, box, { level, starts, limit, leak: { part: 'anon', onsetH, grown, perHour } });
}
