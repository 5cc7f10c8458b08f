import type { Sample } from '../model/sample.js';
import type { SampleTable } from '../model/sample-table.js';
import { type Columns, FIELDS, type Row, toRow, toTable } from './sample-codec.js';

/** A roll-up stands for five minutes, counted from the epoch. */
export const SLOT_MS = 5 * 60_000;

/** Of a time in Unix ms: how many slots since the epoch. */
export function slotOf(t: number): number {
  return Math.floor(t / SLOT_MS);
}

/** What is kept the least of beside the mean: the floor of a sawtooth is what leaks. */
const MINIMA = ['anon', 'kernel', 'shmem'] as const;
const LEAST = ['leastAnon', 'leastKernel', 'leastShmem'] as const;
const PAGE = 4096;
const TRAFFIC = 64 * 1024;
const UNITS = {
  ...{ usage: PAGE, anon: PAGE, file: PAGE, inactiveFile: PAGE, shmem: PAGE, kernel: PAGE, limit: 1 },
  ...{ cpuNanos: 100_000_000, netRxBytes: TRAFFIC, netTxBytes: TRAFFIC, blkReadBytes: TRAFFIC, blkWriteBytes: TRAFFIC, pids: 1 },
} satisfies Record<(typeof FIELDS)[number], number>;

/**
 * How exact a roll-up is, column by column: a second, a page, 0.1 s of CPU, 64 KiB of traffic. The digits behind it are
 * noise, and more than half of the room.
 */
export const ROLL_UP_UNITS: readonly number[] = [1_000, ...FIELDS.map((field) => UNITS[field]), ...MINIMA.map(() => PAGE)];

/** Of a roll-up's row. */
export const ROLL_UP_WIDTH = ROLL_UP_UNITS.length;

/**
 * The rows of one slot as one: t and every part a mean over the rows that have it, the limit the last one known (a mean of
 * limits is nobody's limit); behind them how far the least of anon, kernel and shmem is below its mean.
 *
 *     /|  /|  /|     mean ────
 *    / | / | / |
 *   /  |/  |/  |     least ────   kept as mean − least
 */
export function rollUp(rows: readonly [Row, ...Row[]]): Row {
  const columns = FIELDS.map((_, index) => rows.flatMap((row) => row[index + 1] ?? []));
  const means = columns.map((values, index) => (FIELDS[index] === 'limit' ? (values.at(-1) ?? null) : mean(values)));
  const depths = MINIMA.map((field) => {
    const index = FIELDS.indexOf(field);
    const average = means[index];
    return typeof average === 'number' ? average - (columns[index] ?? []).reduce((a, b) => Math.min(a, b)) : null;
  });
  const t = mean(rows.map(([at]) => at)) ?? rows[0][0];
  const exact = [...means, ...depths].map((value, index) => round(value, ROLL_UP_UNITS[index + 1] ?? 1));
  // Downwards, so that it stays inside its slot.
  return [t - (((t % 1_000) + 1_000) % 1_000), ...exact];
}

/** Roll-ups as they are given out: the means, and of each minimum that was kept the least itself. */
export function toRolledUp(columns: Columns): SampleTable {
  const means = toTable(columns);
  const least = MINIMA.flatMap((field, index) => {
    const [mean, depth] = [means.column(field), columns[1 + FIELDS.length + index]];
    if (!mean || !depth || depth.every(Number.isNaN)) return [];
    return [[LEAST[index], lowest(mean, depth)]];
  });
  return means.with(Object.fromEntries(least));
}

/** Never below zero: both figures are rounded to pages. */
function lowest(mean: Float64Array, depth: Float64Array): Float64Array {
  const out = new Float64Array(mean.length);
  for (let i = 0; i < out.length; i += 1) out[i] = Math.max(0, (mean[i] ?? Number.NaN) - (depth[i] ?? Number.NaN));
  return out;
}

/** The way back: a roll-up that was made elsewhere as a row. */
export function fromRolledUp(sample: Sample): Row {
  const depth = (mean: number | undefined, lowest: number | undefined) =>
    mean === undefined || lowest === undefined ? null : Math.max(0, mean - lowest);
  return [
    ...toRow(sample),
    ...[depth(sample.anon, sample.leastAnon), depth(sample.kernel, sample.leastKernel), depth(sample.shmem, sample.leastShmem)],
  ];
}

/** Differences to the first are summed, so that large counters stay exact. */
function mean(values: readonly number[]): number | null {
  const [first] = values;
  if (first === undefined) return null;
  return first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
}

function round(value: number | null, unit: number): number | null {
  return value === null ? null : unit * Math.round(value / unit);
}
