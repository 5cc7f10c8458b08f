import type { Redis } from 'ioredis';
import { makeSamples } from '../../src/store/samples.js';

export type Ticks = { readonly samples: number; readonly doubled: number; readonly missed: number };

/**
 * How the samples of one container fall into the ticks of a time, by the distances between them: a sweep takes a while, so that a
 * look may come late, but two looks of one tick are near each other.
 *
 *     |  |  | |   |  |     |  |
 *                       missed
 */
export async function ticksOf(redis: Redis, replica: string, fromMs: number, toMs: number, tickMs: number): Promise<Ticks> {
  const times = (await makeSamples(redis).read(replica, fromMs, toMs)).map(({ t }) => t);
  const slots = times.map((t) => Math.round((t - (times[0] ?? 0)) / tickMs));
  const seen = new Set(slots);
  const first = slots[0] ?? 0;
  const last = slots.at(-1) ?? -1;
  return { samples: times.length, doubled: slots.length - seen.size, missed: last - first + 1 - seen.size };
}
