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

/** A sample as it is packed: t in whole Unix ms, then the fields in their order, whole; null: absent, or no figure. */
export function toRow(sample: Sample): Row {
  return [Math.round(sample.t), ...FIELDS.map((field) => (sample[field] === null ? NONE_SET : cell(sample[field])))];
}

/** Columns as samples; what is behind the fields is left out. */
export function toTable([t, ...figures]: Columns): SampleTable {
  // One column may stand for all that nobody measured: it is looked through once.
  let empty: Float64Array | undefined;
  const known = FIELDS.flatMap((field, index) => {
    const values = figures[index];
    if (!values || values === empty) return [];
    const column = field === 'limit' ? limitsOf(values) : figuresOf(values);
    if (!column) empty = values;
    return column ? [[field, column] as const] : [];
  });
  return new SampleTable(t ?? new Float64Array(0), Object.fromEntries(known));
}

/** Null: there are none. No copy where all of them can be figures. */
function figuresOf(values: Float64Array): Float64Array | null {
  let [some, absent] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (isBytes(value)) some += 1;
    else if (Number.isNaN(value)) absent += 1;
  }
  if (some === 0) return null;
  return some + absent === values.length ? values : values.map((value) => (isBytes(value) ? value : Number.NaN));
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

/** One row by itself, as the tail has it: 8 bytes of t, then MessagePack. */
export function packRow([t, ...cells]: Row): Buffer {
  const head = Buffer.alloc(8);
  head.writeDoubleBE(t);
  return Buffer.concat([head, pack(cells)]);
}

/** What `packRow` made. Throws on other bytes. */
export function unpackRow(bytes: Buffer): Row {
  return [bytes.readDoubleBE(0), ...(unpack(bytes.subarray(8)) as Cell[])];
}

/** Bytes of a difference at most; and in front of them one that says whether there is one and which sign it has. */
const MOST_PLANES = 9;
const [ABSENT, UP, DOWN] = [0, 1, 2] as const;
const DIRECTIONS = Float64Array.of(0, 1, -1);
/** Of all: how many rows. Of each column: how many planes, and its first figure, as a double. */
const [HEAD, COLUMN_HEAD] = [3, 9] as const;
/** Set beside the width since columns have heads; before, all of them had nine planes and began at 0. */
const HAS_HEADS = 0x80;

/**
 * Rows of one width, in order of t, deflated. Neighbours are alike, so differences are kept; their bytes lie plane by plane,
 * all lowest bytes of a column first, because then the high ones are long runs of zeros. Planes in which there is nothing are left
 * out, and of a column that nobody measured all are: what is inflated is a sixth, and so is what V8 has to collect.
 *
 *     anon  200 MiB, 3 planes:  +4096 0 +8192 …  →  signs 01 01 01 … | 00 00 00 … | 10 00 20 …
 */
export function packRows(rows: readonly Row[], units: readonly number[] = []): Buffer {
  const width = rows[0]?.length ?? 0;
  const head = Buffer.alloc(HEAD + width * COLUMN_HEAD);
  head.writeUInt16BE(rows.length, 0);
  head.writeUInt8(width | HAS_HEADS, 2);
  const columns = Array.from({ length: width }, (_, column) => {
    const { first, planes } = packColumn(rows, column, units[column] ?? 1);
    const at = HEAD + column * COLUMN_HEAD;
    head.writeUInt8(planes.length / rows.length, at);
    head.writeDoubleBE(first, at + 1);
    return planes;
  });
  return deflateRawSync(Buffer.concat([head, ...columns]), { level: 9 });
}

function packColumn(rows: readonly Row[], column: number, unit: number): { first: number; planes: Buffer } {
  const { length } = rows;
  const bytes = Buffer.alloc(length * MOST_PLANES);
  let [planes, first, last] = [0, 0, 0];
  for (let i = 0; i < length; i += 1) {
    const value = rows[i]?.[column] ?? null;
    if (value === null) continue;
    const whole = Math.round(value / unit);
    if (planes === 0) [planes, first, last] = [1, whole, whole];
    const difference = whole - last;
    last += difference;
    bytes[i] = difference < 0 ? DOWN : UP;
    let rest = Math.abs(difference);
    for (let plane = 1; plane < MOST_PLANES && rest > 0; plane += 1) {
      bytes[plane * length + i] = rest % 256;
      rest = Math.floor(rest / 256);
      planes = Math.max(planes, plane + 1);
    }
  }
  return { first, planes: bytes.subarray(0, planes * length) };
}

export function unpackRows(packed: Buffer, units: readonly number[] = []): Row[] {
  const columns = unpackColumns(packed, units);
  return Array.from(columns[0] ?? [], (_, i) => rowAt(columns, i));
}

/**
 * Room for what is inflated: nearly always for all of it, since parts are copied together, and memory outside V8's heap makes it
 * collect garbage.
 */
const [EXPANDS, LEAST_AT_ONCE, MOST_AT_ONCE] = [4, 1 << 12, 1 << 20] as const;

/** The same by column: t, then the figures; NaN for absent. */
export function unpackColumns(packed: Buffer, units: readonly number[] = []): Columns {
  const bytes = inflateRawSync(packed, { chunkSize: Math.min(MOST_AT_ONCE, EXPANDS * packed.length + LEAST_AT_ONCE) });
  const [length, marked] = [bytes.readUInt16BE(0), bytes.readUInt8(2)];
  const [width, hasHeads] = [marked & ~HAS_HEADS, (marked & HAS_HEADS) !== 0];
  let absent: Float64Array | null = null;
  let from = HEAD + (hasHeads ? width * COLUMN_HEAD : 0);
  return Array.from({ length: width }, (_, column) => {
    const head = HEAD + column * COLUMN_HEAD;
    const [planes, first] = hasHeads ? [bytes.readUInt8(head), bytes.readDoubleBE(head + 1)] : [MOST_PLANES, 0];
    const block = bytes.subarray(from, from + planes * length);
    from += block.length;
    if (planes > 0) return unpackColumn(block, length, first, units[column] ?? 1);
    // Many services have no figures of some kinds: one column stands for all of those.
    absent ??= new Float64Array(length).fill(Number.NaN);
    return absent;
  });
}

/** @param planes the signs, then each byte of the differences, the lowest first. @param first in units. */
function unpackColumn(planes: Buffer, length: number, first: number, unit: number): Float64Array {
  const values = new Float64Array(length);
  const highest = planes.length - length;
  let last = first;
  for (let i = 0; i < length; i += 1) {
    let difference = 0;
    for (let from = highest; from > 0; from -= length) difference = difference * 256 + (planes[from + i] ?? 0);
    const sign = planes[i] ?? ABSENT;
    // Without a branch: memory goes up and down like a coin, and a wrong guess costs a processor more than all else here.
    last += (DIRECTIONS[sign] ?? 0) * difference;
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
