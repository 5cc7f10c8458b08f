import type { Sample } from '../model/sample.js';

/** A roll-up stands for five minutes, counted from the epoch: as in the live store, with the same roundings (a test compares them). */
export const SLOT_MS = 5 * 60_000;
const PAGE = 4096;
const TRAFFIC = 64 * 1024;
const UNITS = {
  ...{ usage: PAGE, anon: PAGE, file: PAGE, inactiveFile: PAGE, shmem: PAGE, kernel: PAGE },
  ...{ cpuNanos: 100_000_000, netRxBytes: TRAFFIC, netTxBytes: TRAFFIC, blkReadBytes: TRAFFIC, blkWriteBytes: TRAFFIC, pids: 1 },
};
const MEANS = Object.entries(UNITS) as [keyof typeof UNITS, number][];
const MINIMA = [
  ['anon', 'leastAnon'],
  ['kernel', 'leastKernel'],
  ['shmem', 'leastShmem'],
] as const;

type Draft = { -readonly [F in keyof Sample]: Sample[F] };

/** All fields, measured or not: an object that gets a dozen by their names becomes a table for V8, and is read ten times slower. */
const NOTHING = {
  t: 0,
  ...{ usage: undefined, anon: undefined, file: undefined, inactiveFile: undefined, shmem: undefined, kernel: undefined },
  ...{ limit: undefined, leastAnon: undefined, leastKernel: undefined, leastShmem: undefined, cpuNanos: undefined },
  ...{ netRxBytes: undefined, netTxBytes: undefined, blkReadBytes: undefined, blkWriteBytes: undefined, pids: undefined },
};

/**
 * The samples `from` … `to` − 1 (at least one, all of one slot) as one: the mean of what was measured, the least of anon, kernel
 * and shmem, the last limit.
 *
 *     /|  /|  /|     mean ────
 *    / | / | / |
 *   /  |/  |/  |     least ────
 */
export function rollUp(samples: readonly Sample[], from: number, to: number): Sample {
  const rolled: Draft = { ...NOTHING, t: Math.floor((mean(samples, 't', from, to) ?? 0) / 1_000) * 1_000 };
  for (const [field, unit] of MEANS) {
    const value = mean(samples, field, from, to);
    if (value !== undefined) rolled[field] = round(value, unit);
  }
  for (const [field, leastField] of MINIMA) {
    const value = mean(samples, field, from, to);
    if (value === undefined) continue;
    let least = value;
    for (let i = from; i < to; i += 1) least = Math.min(least, samples[i]?.[leastField] ?? samples[i]?.[field] ?? least);
    rolled[leastField] = round(value, PAGE) - round(value - least, PAGE);
  }
  for (let i = from; i < to; i += 1) {
    const limit = samples[i]?.limit;
    if (limit !== undefined) rolled.limit = limit;
  }
  return rolled;
}

/** Differences to the first are summed, so that large counters stay exact. */
function mean(samples: readonly Sample[], field: 't' | keyof typeof UNITS, from: number, to: number): number | undefined {
  let [first, sum, count]: [number | undefined, number, number] = [undefined, 0, 0];
  for (let i = from; i < to; i += 1) {
    const value = samples[i]?.[field];
    if (value === undefined) continue;
    first ??= value;
    sum += value - first;
    count += 1;
  }
  return first === undefined ? undefined : first + sum / count;
}

function round(value: number, unit: number): number {
  return unit * Math.round(value / unit);
}
