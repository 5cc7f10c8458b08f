import { type Course, type LifeCourse, sum, wave, zero } from '../courses.js';
import { type Plan, plan, type Size } from '../plan.js';
import type { Random } from '../random.js';
import { type Service, someService, WEEK } from './service.js';

/** Weeks in which nothing leaks. */

function healthy(random: Random, service: Service, extra: Course = zero, rest: Partial<Plan> = {}): Plan {
  const { box, starts } = service;
  return plan(random, box, { ...rest, level: sum(service.level, extra), starts });
}

export function ordinary(random: Random, size: Size): Plan {
  return healthy(random, someService(random, size));
}

/** Page cache grows all week, and goes with each start. */
export function growingCache(random: Random, size: Size): Plan {
  const service = someService(random, size);
  const perHour = (service.box.baseMiB * random.uniform(0.5, 4)) / WEEK;
  const cache: LifeCourse = (h, born) => perHour * (h - Math.max(born, 0));
  return healthy(random, service, zero, { cache, activeShare: random.uniform(0.1, 0.8) });
}

/** `___/‾‾‾`: in mid-week something fills for 2 to 20 hours, once, and stays. */
export function rampInMidWeek(random: Random, size: Size): Plan {
  const service = someService(random, size);
  const [from, lasts] = [random.uniform(20, 120), random.logUniform(2, size.hard ? 30 : 14)];
  const height = service.box.baseMiB * random.uniform(0.15, size.hard ? 0.9 : 0.5);
  const curved = random.chance(0.5);
  return healthy(random, service, (h) => {
    const into = Math.max(0, (h - from) / lasts);
    return height * (curved ? 1 - Math.exp(-3 * into) : Math.min(1, into));
  });
}

/** From one day to the next there is twice the load. */
export function doubledLoad(random: Random, size: Size): Plan {
  const service = someService(random, size);
  const [at, height] = [random.uniform(24, 140), service.box.baseMiB * random.uniform(0.1, 0.4)];
  const more = wave(random, 24, height);
  const widthH = random.uniform(0.5, 5);
  return healthy(random, service, (h) => (0.6 * height + more(h) * service.weekday(h)) / (1 + Math.exp((at - h) / widthH)));
}

/** `/.--'''----`: a day or three of drift (fragmentation, interned strings), and it levels off. */
export function driftThatEnds(random: Random, size: Size): Plan {
  const service = someService(random, size, []);
  const [from, tauH] = [random.uniform(0, 40), random.uniform(8, size.hard ? 36 : 20)];
  const height = service.box.baseMiB * random.uniform(0.08, 0.35);
  return healthy(random, service, (h) => height * (1 - Math.exp(-Math.max(0, h - from) / tauH)));
}
