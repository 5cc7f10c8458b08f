import { type Course, type LifeCourse, moody, pulses, settling, steps, sum, teeth, zero } from '../generate/courses.js';
import { day } from '../generate/loaded/traffic.js';
import { type Box, type Load, type Plan, plan, someBox, startsAt } from '../generate/plan.js';
import type { Random } from '../generate/random.js';
import { WEEK } from '../generate/weeks/service.js';

const EASY = { hard: false };

/** A kind of service as a fleet has it, and how many of a hundred services are of it. */
export type Kind = { readonly name: string; readonly share: number; plan(random: Random): Plan };

/**
 * The usual mix. Everybody has a day's traffic that CPU and network show, one deploy in the week with a warm-up after it, and a level
 * of its own in each version; on top of that
 *
 *     steady    ________________     nothing else
 *     daily      .-.  .-.  .-.       memory goes with the traffic
 *     collector  /|/|/|/|/|/|/|      a heap that is collected every ten minutes to six hours
 *     cache      .------|.------     a heap cache that fills for hours after each start, and page cache that grows all week
 *     batch      __|‾|____|‾|___     a job each night
 */
export const KINDS: readonly Kind[] = [
  { name: 'steady', share: 25, plan: (random) => service(random, () => ({ extra: zero })) },
  { name: 'daily', share: 25, plan: (random) => service(random, daily) },
  { name: 'collector', share: 20, plan: (random) => service(random, collector) },
  { name: 'cache', share: 15, plan: (random) => service(random, cache) },
  { name: 'batch', share: 15, plan: (random) => service(random, batch) },
];

type Own = { readonly extra: LifeCourse; readonly rest?: Partial<Plan> };

function service(random: Random, own: (random: Random, box: Box, traffic: Course) => Own): Plan {
  const box = aWeek(random);
  const { baseMiB } = box;
  const load = someLoad(random);
  const { extra, rest = {} } = own(random, box, load.traffic);
  const starts = startsAt([random.uniform(4, WEEK - 4)], true);
  const version = steps(
    starts.map(({ h }) => ({ h, height: baseMiB * random.uniform(0.93, 1.07) })),
    baseMiB,
  );
  const warm = settling(random.uniform(0.1, 1.5), baseMiB * random.uniform(0.02, 0.2));
  const little = baseMiB * random.uniform(0.001, 0.01);
  const level = sum(version, warm, (h) => little * (load.traffic(h) - 1), extra);
  return plan(random, box, { ...rest, level, starts, load });
}

/** A week at a sample a minute, of a container that has run for long when it begins. */
function aWeek(random: Random): Box {
  return { ...someBox(random, EASY, WEEK, WEEK * 1.001), hours: WEEK, intervalSec: 60, startInView: false };
}

/** Traffic with its day and its moods: 1 when it is quietest. */
export function someLoad(random: Random): Load {
  const tide = day(random.uniform(0, 24), random.uniform(1.5, 5));
  const traffic = moody(random, WEEK, tide, random.uniform(0.03, 0.12), random.uniform(0.1, 1));
  return { traffic, bytesPerSecond: random.logUniform(2e3, 2e6), cpuShare: random.logUniform(0.005, 0.4) };
}

function daily(random: Random, { baseMiB }: Box, traffic: Course): Own {
  const unit = baseMiB * random.uniform(0.03, 0.15);
  return { extra: (h) => unit * (traffic(h) - 1) };
}

function collector(random: Random, { baseMiB }: Box): Own {
  return { extra: teeth(random, random.logUniform(0.15, 6), baseMiB * random.uniform(0.05, 0.4)) };
}

function cache(random: Random, { baseMiB }: Box): Own {
  const heap = settling(random.uniform(0.5, 4), baseMiB * random.uniform(0.3, 1));
  const perHour = (baseMiB * random.uniform(0.5, 4)) / WEEK;
  const file: LifeCourse = (h, born) => perHour * (h - Math.max(born, 0));
  return { extra: heap, rest: { cache: file, activeShare: random.uniform(0.1, 0.8) } };
}

function batch(random: Random, { baseMiB }: Box): Own {
  return { extra: pulses(random, 24, random.uniform(0.2, 1.5), baseMiB * random.uniform(0.1, 0.6)) };
}
