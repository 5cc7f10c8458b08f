import type { Samples } from '../model/sample.js';
import { firstAt, SampleTable } from '../model/sample-table.js';

/** A value of one row. */
export type OfRow = (row: number) => number;

/**
 * Samples by column, in order of time, each time once: t in Unix ms, the rest in bytes, NaN where it was not measured. One pass
 * over the samples makes them; all that is judged afterwards is numbers in a row.
 */
export type Columns = {
  readonly t: Float64Array;
  readonly anon: Float64Array;
  readonly used: Float64Array;
  /** These have no rows where none was measured in the whole series. */
  readonly kernel: Float64Array;
  readonly shmem: Float64Array;
  readonly file: Float64Array;
  /** Of these, few rows are looked at: they are read when they are asked for. Null as those have no rows. */
  readonly inactive: OfRow | null;
  /** Cumulative: nanoseconds of CPU, bytes received and sent. */
  readonly cpu: OfRow | null;
  readonly net: OfRow | null;
};

/** Of all samples of a series. `rollUps`: how many of them are roll-ups. */
export type Whole = Columns & { readonly rollUps: number };

const NONE = new Float64Array(0);

/** Those in which anon was measured. A roll-up counts by its least: that is where the floor is. */
export function columnsOf(samples: Samples): Whole {
  const all = SampleTable.of(samples);
  const table = isUsable(all) ? all : usableOf(all);
  const [anon = NONE, kernel = NONE, shmem = NONE] = [table.column('anon'), table.column('kernel'), table.column('shmem')];
  const [leastAnon, cpu, net] = [table.column('leastAnon'), table.column('cpuNanos'), table.column('netRxBytes')];
  const [inactive, sent] = [table.column('inactiveFile'), table.column('netTxBytes')];
  return {
    t: table.t,
    anon: leastOf(anon, leastAnon),
    used: sumOf(anon, kernel, shmem),
    kernel: leastOf(kernel, table.column('leastKernel')),
    shmem: leastOf(shmem, table.column('leastShmem')),
    file: table.column('file') ?? NONE,
    inactive: inactive ? (row) => inactive[row] ?? Number.NaN : null,
    cpu: cpu ? (row) => cpu[row] ?? Number.NaN : null,
    net: net ? (row) => (net[row] ?? Number.NaN) + (sent?.[row] ?? Number.NaN) : null,
    rollUps: leastAnon ? countOf(leastAnon) : 0,
  };
}

/** In order, each time once, and anon is measured in every row: nearly always. */
function isUsable(table: SampleTable): boolean {
  const [{ t }, anon] = [table, table.column('anon') ?? NONE];
  if (anon.length !== t.length) return false;
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < t.length; i += 1) {
    const at = t[i] ?? Number.NaN;
    if (!(at > before && at < Number.POSITIVE_INFINITY) || Number.isNaN(anon[i])) return false;
    before = at;
  }
  return true;
}

function usableOf(table: SampleTable): SampleTable {
  const [{ t }, anon] = [table, table.column('anon') ?? NONE];
  // The last word on a time wins.
  const rowAtTime = new Map<number, number>();
  for (let i = 0; i < t.length; i += 1) {
    const at = t[i] ?? Number.NaN;
    if (Number.isFinite(at) && (anon[i] ?? -1) >= 0) rowAtTime.set(at, i);
  }
  const inOrder = [...rowAtTime].sort(([a], [b]) => a - b);
  return table.pick(Uint32Array.from(inOrder, ([, row]) => row));
}

function leastOf(means: Float64Array, least: Float64Array | undefined): Float64Array {
  if (!least) return means;
  const out = means.length > 0 ? means.slice() : new Float64Array(least.length).fill(Number.NaN);
  for (let i = 0; i < out.length; i += 1) if ((least[i] ?? -1) >= 0) out[i] = least[i] ?? 0;
  return out;
}

/** All that cannot be given back. */
export function sumOf(anon: Float64Array, kernel: Float64Array, shmem: Float64Array): Float64Array {
  if (kernel.length === 0 && shmem.length === 0) return anon;
  const sum = anon.slice();
  addTo(sum, kernel);
  addTo(sum, shmem);
  return sum;
}

/** What is not known counts as nothing. */
function addTo(sum: Float64Array, more: Float64Array): void {
  for (let i = 0; i < more.length; i += 1) {
    const value = more[i] ?? 0;
    if (value > 0) sum[i] = (sum[i] ?? 0) + value;
  }
}

/** How many rows have it. A loop: this is asked of every row of some columns, and `some` calls a function for each. */
export function countOf(values: Float64Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i += 1) if (!Number.isNaN(values[i])) count += 1;
  return count;
}

/** Rows `from` to `to` (not with it), without copying. */
export function rows({ t, anon, used, kernel, shmem, file, inactive, cpu, net }: Columns, from: number, to: number): Columns {
  const ofRow = (of: OfRow | null): OfRow | null => of && ((row) => of(from + row));
  return {
    t: t.subarray(from, to),
    anon: anon.subarray(from, to),
    used: used.subarray(from, to),
    kernel: kernel.subarray(from, to),
    shmem: shmem.subarray(from, to),
    file: file.subarray(from, to),
    inactive: ofRow(inactive),
    cpu: ofRow(cpu),
    net: ofRow(net),
  };
}

/** The first row at or after `atMs`. */
export function rowAt({ t }: Pick<Columns, 't'>, atMs: number): number {
  return firstAt(t, atMs);
}

/** The most of them; a loop, because it is asked of every sample. */
export function mostOf(bytes: Float64Array): number {
  let most = 0;
  for (let i = 0; i < bytes.length; i += 1) if ((bytes[i] ?? 0) > most) most = bytes[i] ?? 0;
  return most;
}
