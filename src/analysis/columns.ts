import type { Part } from '../model/assessment.js';
import { isBytes, type Sample } from '../model/sample.js';

/**
 * Samples by column, in order of time, each time once: t in Unix ms, the rest in bytes, NaN where it was not measured. One pass
 * over the samples makes them; all that is judged afterwards is numbers in a row.
 */
export type Columns = { readonly t: Float64Array } & { readonly [P in Part | 'inactive' | 'used']: Float64Array } & {
  /** Cumulative: nanoseconds of CPU, bytes received and sent. */
  readonly cpu: Float64Array;
  readonly net: Float64Array;
  /** Bytes; NaN when unknown or none. */
  readonly limit: Float64Array;
};

/** Of all samples of a series. `rollUps`: how many of them are roll-ups. */
export type Whole = Columns & { readonly rollUps: number };

/** All but the times. */
export const NAMES = ['anon', 'kernel', 'shmem', 'file', 'inactive', 'used', 'cpu', 'net', 'limit'] as const;

/** Those in which anon was measured. A roll-up counts by its least: that is where the floor is. */
export function columnsOf(samples: readonly Sample[]): Whole {
  return filled(samples) ?? filled(inOrder(samples)) ?? { ...blank(0), rollUps: 0 };
}

/** Null when they are not in order, or when one is of no use: nearly always they are, and one pass over them is enough. */
function filled(samples: readonly Sample[]): Whole | null {
  const columns = blank(samples.length);
  const { t, anon, kernel, shmem, file, inactive, used, cpu, net, limit } = columns;
  let [before, rollUps] = [Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < samples.length; i += 1) {
    const sample = samples[i];
    if (!sample || !(sample.t > before && sample.t < Number.POSITIVE_INFINITY) || !isBytes(sample.anon)) return null;
    before = sample.t;
    t[i] = before;
    const [kernels, shared] = [bytes(sample.kernel), bytes(sample.shmem)];
    anon[i] = sample.anon;
    kernel[i] = kernels;
    shmem[i] = shared;
    file[i] = bytes(sample.file);
    inactive[i] = bytes(sample.inactiveFile);
    used[i] = sample.anon + (kernels || 0) + (shared || 0);
    cpu[i] = counter(sample.cpuNanos);
    net[i] = counter(sample.netRxBytes) + counter(sample.netTxBytes);
    limit[i] = bytes(sample.limit);
    if (sample.leastAnon === undefined) continue;
    rollUps += 1;
    anon[i] = bytes(sample.leastAnon);
    kernel[i] = bytes(sample.leastKernel ?? sample.kernel);
    shmem[i] = bytes(sample.leastShmem ?? sample.shmem);
  }
  return { ...columns, rollUps };
}

/** Rows `from` to `to` (not with it), without copying. */
export function rows(columns: Columns, from: number, to: number): Columns {
  const cut = { t: columns.t.subarray(from, to), ...empty(0) };
  for (const name of NAMES) cut[name] = columns[name].subarray(from, to);
  return cut;
}

/** The first row at or after `atMs`. */
export function rowAt({ t }: Pick<Columns, 't'>, atMs: number): number {
  let [low, high] = [0, t.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((t[middle] ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The most of them; a loop, because it is asked of every sample. */
export function mostOf(bytes: Float64Array): number {
  let most = 0;
  for (let i = 0; i < bytes.length; i += 1) most = Math.max(most, bytes[i] ?? 0);
  return most;
}

/** Rows that are all 0. */
export function blank(length: number): Columns {
  return { t: new Float64Array(length), ...empty(length) };
}

function empty(length: number): Record<(typeof NAMES)[number], Float64Array> {
  // One piece of memory: a few of this size cost more than all that is done with them.
  const block = new Float64Array(NAMES.length * length);
  let used = 0;
  const column = () => {
    used += length;
    return block.subarray(used - length, used);
  };
  return {
    ...{ anon: column(), kernel: column(), shmem: column(), file: column() },
    ...{ inactive: column(), used: column(), cpu: column(), net: column(), limit: column() },
  };
}

function bytes(value: number | null | undefined): number {
  return isBytes(value) ? value : Number.NaN;
}

function counter(value: number | undefined): number {
  return typeof value === 'number' && value >= 0 && value < 2 ** 63 ? value : Number.NaN;
}

function inOrder(samples: readonly Sample[]): readonly Sample[] {
  const usable = samples.filter(({ t, anon }) => Number.isFinite(t) && isBytes(anon));
  // The last word on a time wins.
  return [...new Map(usable.map((sample) => [sample.t, sample])).values()].sort((a, b) => a.t - b.t);
}
