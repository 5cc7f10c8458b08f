import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { pack, unpack } from 'msgpackr';
import { isBytes, type Sample } from '../model/sample.js';
import { NO_LIMIT, SampleTable } from '../model/sample-table.js';

/**
 * Samples as bytes, in two ways. One alone: t (8 bytes, a double, big-endian: scripts look at it) and a msgpack array of its
 * fields, null for absent. Many: see `packRows`. All figures are whole numbers, no limit is −1.
 */
export const FIELDS = [
  ...(['usage', 'anon', 'file', 'inactiveFile', 'shmem', 'kernel', 'limit', 'cpuNanos'] as const),
  ...(['netRxBytes', 'netTxBytes', 'blkReadBytes', 'blkWriteBytes', 'pids'] as const),
] satisfies (keyof Sample)[];

/** Of a row of one look. */
export const ROW_WIDTH = 1 + FIELDS.length;
const NONE_SET = -1;
type Cell = number | null;
/** A row is t and then one cell a field (or more: roll-ups have their minima behind them). */
export type Row = readonly [t: number, ...cells: Cell[]];
/** Rows by column, all of one length; NaN for absent. */
export type Columns = readonly Float64Array[];

export function toRow(sample: Sample): Row {
  return [Math.round(sample.t), ...FIELDS.map((field) => (sample[field] === null ? NONE_SET : cell(sample[field])))];
}

/** Columns as samples; what is behind the fields is left out. */
export function toTable([t, ...figures]: Columns): SampleTable {
  const known = FIELDS.flatMap((field, index) => {
    const values = figures[index];
    const column = values && (field === 'limit' ? limitsOf(values) : figuresOf(values));
    return column ? [[field, column] as const] : [];
  });
  return new SampleTable(t ?? new Float64Array(0), Object.fromEntries(known));
}

/** Null: there are none. No copy where all of them can be figures. */
function figuresOf(values: Float64Array): Float64Array | null {
  let [some, odd] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (isBytes(value)) some += 1;
    else if (!Number.isNaN(value)) odd += 1;
  }
  if (some === 0) return null;
  return odd === 0 ? values : values.map((value) => (isBytes(value) ? value : Number.NaN));
}

function limitsOf(values: Float64Array): Float64Array | null {
  const limits = new Float64Array(values.length);
  let some = 0;
  for (let i = 0; i < limits.length; i += 1) {
    const limit = values[i] ?? Number.NaN;
    limits[i] = limit === NONE_SET ? NO_LIMIT : limit;
    if (!Number.isNaN(limit)) some += 1;
  }
  return some === 0 ? null : limits;
}

function cell(value: number | null | undefined): Cell {
  return typeof value === 'number' && Math.abs(value) < 2 ** 63 ? Math.round(value) : null;
}

export function packRow([t, ...cells]: Row): Buffer {
  const head = Buffer.alloc(8);
  head.writeDoubleBE(t);
  return Buffer.concat([head, pack(cells)]);
}

export function unpackRow(bytes: Buffer): Row {
  return [bytes.readDoubleBE(0), ...(unpack(bytes.subarray(8)) as Cell[])];
}

/** Bytes of a difference, the lowest first, and one that says whether there is one and which sign it has. */
const PLANES = 9;
const [ABSENT, UP, DOWN] = [0, 1, 2] as const;

/**
 * Rows of one width, in order of t, deflated. Neighbours are alike, so differences are kept; their bytes lie plane by plane,
 * all lowest bytes of a column first, because then the high ones are long runs of zeros (39 bytes a busy row, 50 in order).
 *
 *     anon  +4096 0 +8192 …  →  00 00 00 … | 10 00 20 … | 00 00 00 … | …
 */
export function packRows(rows: readonly Row[], units: readonly number[] = []): Buffer {
  const [length, width] = [rows.length, rows[0]?.length ?? 0];
  const bytes = Buffer.alloc(3 + length * width * PLANES);
  bytes.writeUInt16BE(length, 0);
  bytes.writeUInt8(width, 2);
  for (let column = 0; column < width; column += 1) {
    const at = 3 + column * length * PLANES;
    let last = 0;
    for (let i = 0; i < length; i += 1) {
      const value = rows[i]?.[column] ?? null;
      if (value === null) continue;
      const difference = Math.round(value / (units[column] ?? 1)) - last;
      last += difference;
      bytes[at + i] = difference < 0 ? DOWN : UP;
      let rest = Math.abs(difference);
      for (let plane = 1; plane < PLANES && rest > 0; plane += 1) {
        bytes[at + plane * length + i] = rest % 256;
        rest = Math.floor(rest / 256);
      }
    }
  }
  return deflateRawSync(bytes, { level: 9 });
}

export function unpackRows(packed: Buffer, units: readonly number[] = []): Row[] {
  const columns = unpackColumns(packed, units);
  return Array.from(columns[0] ?? [], (_, i) => rowAt(columns, i));
}

/**
 * Room for what is inflated: nearly always for all of it, since parts are copied together, and memory outside V8's heap makes it
 * collect garbage.
 */
const [EXPANDS, LEAST_AT_ONCE, MOST_AT_ONCE] = [12, 1 << 10, 1 << 20] as const;

/** The same by column: t, then the figures; NaN for absent. */
export function unpackColumns(packed: Buffer, units: readonly number[] = []): Columns {
  const bytes = inflateRawSync(packed, { chunkSize: Math.min(MOST_AT_ONCE, EXPANDS * packed.length + LEAST_AT_ONCE) });
  const [length, width] = [bytes.readUInt16BE(0), bytes.readUInt8(2)];
  const zeros = Buffer.alloc(length);
  let absent: Float64Array | null = null;
  return Array.from({ length: width }, (_, column) => {
    const at = 3 + column * length * PLANES;
    if (bytes.compare(zeros, 0, length, at, at + length) !== 0) return unpackColumn(bytes, zeros, at, units[column] ?? 1);
    // Many services have no figures of some kinds: one column stands for all of those.
    absent ??= new Float64Array(length).fill(Number.NaN);
    return absent;
  });
}

/** @param zeros as many as there are rows. @param at where its planes begin. */
function unpackColumn(bytes: Buffer, zeros: Buffer, at: number, unit: number): Float64Array {
  const { length } = zeros;
  const values = new Float64Array(length);
  let isEmpty = true;
  // Highest first: those are nearly always empty.
  for (let plane = PLANES - 1; plane > 0; plane -= 1) {
    const from = at + plane * length;
    isEmpty &&= bytes.compare(zeros, 0, length, from, from + length) === 0;
    if (isEmpty) continue;
    for (let i = 0; i < length; i += 1) values[i] = (values[i] ?? 0) * 256 + (bytes[from + i] ?? 0);
  }
  let last = 0;
  for (let i = 0; i < length; i += 1) {
    const sign = bytes[at + i];
    last += sign === ABSENT ? 0 : sign === DOWN ? -(values[i] ?? 0) : (values[i] ?? 0);
    values[i] = sign === ABSENT ? Number.NaN : last * unit;
  }
  return values;
}

/** One row of columns. */
export function rowAt([t, ...figures]: Columns, i: number): Row {
  const cells = figures.map((values) => {
    const value = values[i] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  });
  return [t?.[i] ?? 0, ...cells];
}

/** The way back. */
export function byColumn(rows: readonly Row[], width: number): Columns {
  return Array.from({ length: width }, (_, column) => Float64Array.from(rows, (row) => row[column] ?? Number.NaN));
}

/** Some behind others, all of one width. */
export function joined(parts: readonly Columns[], width: number): Columns {
  const lengths = parts.map(([t]) => t?.length ?? 0);
  const length = lengths.reduce((sum, one) => sum + one, 0);
  return Array.from({ length: width }, (_, column) => {
    const values = new Float64Array(length);
    let from = 0;
    for (const [index, part] of parts.entries()) {
      values.set(part[column] ?? [], from);
      from += lengths[index] ?? 0;
    }
    return values;
  });
}
