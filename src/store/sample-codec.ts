import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { pack, unpack } from 'msgpackr';
import type { Sample } from '../model/sample.js';

/**
 * Samples as bytes, in two ways. One alone: t (8 bytes, a double, big-endian: scripts look at it) and a msgpack array of its
 * fields, null for absent. Many: see `packRows`. All figures are whole numbers, no limit is −1.
 */
export const FIELDS = [
  ...(['usage', 'anon', 'file', 'inactiveFile', 'shmem', 'kernel', 'limit', 'cpuNanos'] as const),
  ...(['netRxBytes', 'netTxBytes', 'blkReadBytes', 'blkWriteBytes', 'pids'] as const),
] satisfies (keyof Sample)[];

const NO_LIMIT = -1;
type Cell = number | null;
/** A row is t and then one cell a field (or more: roll-ups have their minima behind them). */
export type Row = readonly [t: number, ...cells: Cell[]];

export function toRow(sample: Sample): Row {
  return [Math.round(sample.t), ...FIELDS.map((field) => (sample[field] === null ? NO_LIMIT : cell(sample[field])))];
}

/** Every sample has all fields, measured or not: objects of one kind are made and read several times faster than those that differ. */
export function toSample(row: Row): Sample {
  const limit = row[7];
  return {
    t: row[0],
    usage: row[1] ?? undefined,
    anon: row[2] ?? undefined,
    file: row[3] ?? undefined,
    inactiveFile: row[4] ?? undefined,
    shmem: row[5] ?? undefined,
    kernel: row[6] ?? undefined,
    limit: limit === NO_LIMIT ? null : (limit ?? undefined),
    leastAnon: undefined,
    leastKernel: undefined,
    leastShmem: undefined,
    cpuNanos: row[8] ?? undefined,
    netRxBytes: row[9] ?? undefined,
    netTxBytes: row[10] ?? undefined,
    blkReadBytes: row[11] ?? undefined,
    blkWriteBytes: row[12] ?? undefined,
    pids: row[13] ?? undefined,
  };
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
  const bytes = inflateRawSync(packed);
  const [length, width] = [bytes.readUInt16BE(0), bytes.readUInt8(2)];
  const rows = Array.from({ length }, (): Cell[] => Array(width).fill(null));
  for (let column = 0; column < width; column += 1) {
    const at = 3 + column * length * PLANES;
    let last = 0;
    for (const [i, row] of rows.entries()) {
      const sign = bytes[at + i];
      if (sign === ABSENT) continue;
      let difference = 0;
      for (let plane = PLANES - 1; plane > 0; plane -= 1) difference = difference * 256 + (bytes[at + plane * length + i] ?? 0);
      last += sign === DOWN ? -difference : difference;
      row[column] = last * (units[column] ?? 1);
    }
  }
  return rows as unknown as Row[];
}
