import { isBytes, type Sample, type Samples } from './sample.js';

type Field = Exclude<keyof Sample, 't'>;
type Figures = { readonly [F in Field]?: Float64Array };

/** Each by a function of its own: V8 finds a field whose name it knows several times faster than one by a name that changes. */
const READ: { readonly [F in Field]: (sample: Sample) => number | undefined } = {
  usage: ({ usage }) => usage,
  anon: ({ anon }) => anon,
  file: ({ file }) => file,
  inactiveFile: ({ inactiveFile }) => inactiveFile,
  shmem: ({ shmem }) => shmem,
  kernel: ({ kernel }) => kernel,
  limit: ({ limit }) => (limit === null ? NO_LIMIT : limit),
  cpuNanos: ({ cpuNanos }) => cpuNanos,
  netRxBytes: ({ netRxBytes }) => netRxBytes,
  netTxBytes: ({ netTxBytes }) => netTxBytes,
  blkReadBytes: ({ blkReadBytes }) => blkReadBytes,
  blkWriteBytes: ({ blkWriteBytes }) => blkWriteBytes,
  pids: ({ pids }) => pids,
  leastAnon: ({ leastAnon }) => leastAnon,
  leastKernel: ({ leastKernel }) => leastKernel,
  leastShmem: ({ leastShmem }) => leastShmem,
};
const FIELDS = Object.keys(READ) as Field[];

/** In a column: no limit is set. What is not known is NaN. */
export const NO_LIMIT = Number.POSITIVE_INFINITY;

/**
 * Samples by column, a number a row; what no figure can be is not known. A verdict, and a read from Redis, go over some columns of thousands of rows; as objects they
 * took longer to be made and to be collected than all that was found out of them.
 *
 *      t   anon   file   …                 { t, anon, file, … }
 *     ───  ────   ────                     { t, anon, file, … }
 *     ───  ────   ────        instead of   { t, anon, file, … }
 */
export class SampleTable implements Samples {
  /** Unix ms, in the order of the samples. */
  readonly t: Float64Array;
  readonly #figures: Figures;

  /** @param figures columns as long as `t`, NaN where a figure is not known; absent: not known in any row. */
  constructor(t: Float64Array, figures: Figures) {
    this.t = t;
    this.#figures = figures;
  }

  static of(samples: Samples): SampleTable {
    if (samples instanceof SampleTable) return samples;
    const list = Array.isArray(samples) ? (samples as readonly Sample[]) : [...samples];
    return new SampleTable(
      Float64Array.from(list, ({ t }) => t),
      columnwise((field) => columnOf(list, READ[field], field === 'limit' ? NO_LIMIT : Number.NaN)),
    );
  }

  get length(): number {
    return this.t.length;
  }

  /** Undefined: it is not known in any row. */
  column(field: Field): Float64Array | undefined {
    return this.#figures[field];
  }

  at(index: number): Sample | undefined {
    const row = index < 0 ? this.length + index : index;
    return row >= 0 && row < this.length ? this.#sample(row) : undefined;
  }

  *[Symbol.iterator](): Iterator<Sample> {
    for (let row = 0; row < this.length; row += 1) yield this.#sample(row);
  }

  /** These rows, in this order. */
  pick(rows: Uint32Array): SampleTable {
    const picked = (values: Float64Array) => {
      const out = new Float64Array(rows.length);
      for (let i = 0; i < rows.length; i += 1) out[i] = values[rows[i] ?? 0] ?? Number.NaN;
      return out;
    };
    return new SampleTable(
      picked(this.t),
      columnwise((field) => {
        const values = this.#figures[field];
        return values && picked(values);
      }),
    );
  }

  /** Those at `fromMs` or after, and before `toMs`; they must be in order of t. Nothing is copied. */
  between(fromMs: number, toMs = Number.POSITIVE_INFINITY): SampleTable {
    const [from, to] = [firstAt(this.t, fromMs), firstAt(this.t, toMs)];
    return new SampleTable(
      this.t.subarray(from, to),
      columnwise((field) => this.#figures[field]?.subarray(from, to)),
    );
  }

  /** With these columns beside its own. */
  with(figures: Figures): SampleTable {
    return new SampleTable(this.t, { ...this.#figures, ...figures });
  }

  /** With those of another behind them. */
  followedBy(other: SampleTable): SampleTable {
    const both = (first: Float64Array | undefined, second: Float64Array | undefined) => {
      const out = new Float64Array(this.length + other.length).fill(Number.NaN);
      if (first) out.set(first);
      if (second) out.set(second, this.length);
      return out;
    };
    return new SampleTable(
      both(this.t, other.t),
      columnwise((field) => {
        const [first, second] = [this.#figures[field], other.#figures[field]];
        return first || second ? both(first, second) : undefined;
      }),
    );
  }

  /** Every one has all fields: objects of one kind are made and read several times faster than those that differ. */
  #sample(row: number): Sample {
    const figures = this.#figures;
    const limit = figure(figures.limit, row);
    return {
      t: this.t[row] ?? Number.NaN,
      usage: figure(figures.usage, row),
      anon: figure(figures.anon, row),
      file: figure(figures.file, row),
      inactiveFile: figure(figures.inactiveFile, row),
      shmem: figure(figures.shmem, row),
      kernel: figure(figures.kernel, row),
      limit: limit === NO_LIMIT ? null : limit,
      leastAnon: figure(figures.leastAnon, row),
      leastKernel: figure(figures.leastKernel, row),
      leastShmem: figure(figures.leastShmem, row),
      cpuNanos: figure(figures.cpuNanos, row),
      netRxBytes: figure(figures.netRxBytes, row),
      netTxBytes: figure(figures.netTxBytes, row),
      blkReadBytes: figure(figures.blkReadBytes, row),
      blkWriteBytes: figure(figures.blkWriteBytes, row),
      pids: figure(figures.pids, row),
    };
  }
}

function figure(values: Float64Array | undefined, row: number): number | undefined {
  const value = values?.[row];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function columnwise(of: (field: Field) => Float64Array | undefined): Figures {
  const figures: { -readonly [F in Field]?: Float64Array } = {};
  for (const field of FIELDS) {
    const values = of(field);
    if (values) figures[field] = values;
  }
  return figures;
}

/** Made at its first figure: what is not known costs no memory. `also`: stays, though it is no size. */
function columnOf(
  samples: readonly Sample[],
  read: (sample: Sample) => number | undefined,
  also: number,
): Float64Array | undefined {
  let values: Float64Array | undefined;
  for (let i = 0; i < samples.length; i += 1) {
    const sample = samples[i];
    const value = sample === undefined ? undefined : read(sample);
    if (!isBytes(value) && value !== also) continue;
    values ??= new Float64Array(samples.length).fill(Number.NaN);
    values[i] = value;
  }
  return values;
}

/** The first of these times, which are in order, at or after `ms`; their number where there is none. */
export function firstAt(t: Float64Array, ms: number): number {
  let [low, high] = [0, t.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((t[middle] ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
