import { isBytes, type Sample } from '../model/sample.js';

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
export function columnsOf(samples: readonly Sample[]): Whole {
  const whole = filled(samples) ?? filled(inOrder(samples));
  if (!whole) throw new Error('in order, they can be filled in');
  return whole;
}

/**
 * Null when they are not in order, or when one is of no use: nearly always they are, and one pass over them is enough. A column is
 * made, all NaN, at its first number: what is not measured costs no memory, and V8 makes an object of each value that may be
 * either.
 */
function filled(samples: readonly Sample[]): Whole | null {
  const rows = samples.length;
  const [t, anon, used] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  let kernel: Float64Array = NONE;
  let shmem: Float64Array = NONE;
  let file: Float64Array = NONE;
  let [inactive, cpu, net] = [false, false, false];
  let [before, rollUps] = [Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < rows; i += 1) {
    const sample = samples[i];
    if (!sample || !(sample.t > before && sample.t < Number.POSITIVE_INFINITY) || !isBytes(sample.anon)) return null;
    before = sample.t;
    t[i] = before;
    anon[i] = sample.anon;
    const [ofKernel, shared, cached] = [sample.kernel, sample.shmem, sample.file];
    let sum = sample.anon;
    if (isBytes(ofKernel)) {
      if (kernel === NONE) kernel = unmeasured(rows);
      kernel[i] = ofKernel;
      sum += ofKernel;
    }
    if (isBytes(shared)) {
      if (shmem === NONE) shmem = unmeasured(rows);
      shmem[i] = shared;
      sum += shared;
    }
    used[i] = sum;
    if (isBytes(cached)) {
      if (file === NONE) file = unmeasured(rows);
      file[i] = cached;
    }
    inactive ||= sample.inactiveFile !== undefined;
    cpu ||= sample.cpuNanos !== undefined;
    net ||= sample.netRxBytes !== undefined;
    if (sample.leastAnon === undefined) continue;
    rollUps += 1;
    anon[i] = bytes(sample.leastAnon);
    if (sample.leastKernel !== undefined) {
      if (kernel === NONE) kernel = unmeasured(rows);
      kernel[i] = bytes(sample.leastKernel);
    }
    if (sample.leastShmem !== undefined) {
      if (shmem === NONE) shmem = unmeasured(rows);
      shmem[i] = bytes(sample.leastShmem);
    }
  }
  return {
    t,
    anon,
    used,
    kernel,
    shmem,
    file,
    inactive: inactive ? (row) => bytes(samples[row]?.inactiveFile) : null,
    cpu: cpu ? (row) => counter(samples[row]?.cpuNanos) : null,
    net: net ? (row) => counter(samples[row]?.netRxBytes) + counter(samples[row]?.netTxBytes) : null,
    rollUps,
  };
}

function unmeasured(rows: number): Float64Array {
  return new Float64Array(rows).fill(Number.NaN);
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
  for (let i = 0; i < bytes.length; i += 1) most = Math.max(most, bytes[i] ?? 0);
  return most;
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
