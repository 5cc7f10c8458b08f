import { isBytes, type Samples } from '../model/sample.js';
import { SampleTable } from '../model/sample-table.js';

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
  const { t } = table;
  const mean = table.column('anon') ?? NONE;
  const [kernel, shmem] = [measuredIn(table.column('kernel')), measuredIn(table.column('shmem'))];
  const [leastAnon, cpu, net] = [table.column('leastAnon'), table.column('cpuNanos'), table.column('netRxBytes')];
  const [inactive, sent] = [table.column('inactiveFile'), table.column('netTxBytes')];
  return {
    t,
    anon: leastOf(mean, leastAnon),
    used: sumOf(mean, kernel, shmem),
    kernel: leastOf(kernel, table.column('leastKernel')),
    shmem: leastOf(shmem, table.column('leastShmem')),
    file: measuredIn(table.column('file')),
    inactive: inactive ? (row) => bytes(inactive[row]) : null,
    cpu: cpu ? (row) => counter(cpu[row]) : null,
    net: net ? (row) => counter(net[row]) + counter(sent?.[row]) : null,
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
    if (!(at > before && at < Number.POSITIVE_INFINITY) || !isBytes(anon[i])) return false;
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
    if (Number.isFinite(at) && isBytes(anon[i])) rowAtTime.set(at, i);
  }
  const inOrder = [...rowAtTime].sort(([a], [b]) => a - b);
  return table.pick(Uint32Array.from(inOrder, ([, row]) => row));
}

/** A column without what cannot be a size; no rows where that is all of it. The same one where there is nothing to leave out. */
function measuredIn(values: Float64Array | undefined): Float64Array {
  if (!values) return NONE;
  let [sizes, others] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (isBytes(value)) sizes += 1;
    else if (!Number.isNaN(value)) others += 1;
  }
  if (sizes === 0) return NONE;
  return others === 0 ? values : values.map(bytes);
}

function leastOf(means: Float64Array, least: Float64Array | undefined): Float64Array {
  if (!least) return means;
  const out = means.length > 0 ? means.slice() : new Float64Array(least.length).fill(Number.NaN);
  for (let i = 0; i < out.length; i += 1) if (isBytes(least[i])) out[i] = least[i] ?? 0;
  return out;
}

function sumOf(anon: Float64Array, kernel: Float64Array, shmem: Float64Array): Float64Array {
  if (kernel === NONE && shmem === NONE) return anon;
  const out = anon.slice();
  for (const more of [kernel, shmem]) {
    for (let i = 0; i < more.length; i += 1) {
      const value = more[i] ?? 0;
      if (value > 0) out[i] = (out[i] ?? 0) + value;
    }
  }
  return out;
}

function countOf(values: Float64Array): number {
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
  for (let i = 0; i < bytes.length; i += 1) if ((bytes[i] ?? 0) > most) most = bytes[i] ?? 0;
  return most;
}

function bytes(value: number | undefined): number {
  return isBytes(value) ? value : Number.NaN;
}

function counter(value: number | undefined): number {
  return typeof value === 'number' && value >= 0 && value < 2 ** 63 ? value : Number.NaN;
}
