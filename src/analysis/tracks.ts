import { type Columns, countOf, type OfRow } from './columns.js';
import { EMPTY, type Track } from './floor.js';
import { medianOf } from './quantile.js';

/** One column over the rows that have it. */
export function trackOf(columns: Columns, name: 'anon' | 'kernel' | 'shmem' | 'file' | 'used'): Track {
  // These two are there in every row.
  if (name === 'anon' || name === 'used') return { t: columns.t, bytes: columns[name] };
  return measured(columns.t, name === 'shmem' ? sharedOf(columns) : columns[name]);
}

/** Without the rows in which it was not measured. */
export function measured(t: Float64Array, bytes: Float64Array): Track {
  if (isWhole(bytes)) return bytes.length === 0 ? EMPTY : { t, bytes };
  const there = countOf(bytes);
  if (there === 0) return EMPTY;
  const track = { t: new Float64Array(there), bytes: new Float64Array(there) };
  for (let i = 0, at = 0; at < there; i += 1) {
    const value = bytes[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    track.t[at] = t[i] ?? 0;
    track.bytes[at] = value;
    at += 1;
  }
  return track;
}

function isWhole(bytes: Float64Array): boolean {
  let i = 0;
  while (i < bytes.length && !Number.isNaN(bytes[i])) i += 1;
  return i === bytes.length;
}

/**
 * Shared memory, where it is measured. Where it is not, it is in the page cache; but not in the part that lies idle, and so all
 * of the growth of cache that leaves idle cache as it was is taken for it: over all that is seen, or over its later half, since
 * idle cache fills first where a process has just begun.
 *
 *     tmpfs fills   file __--  idle ____  or  .-----      a file is read   file __--  idle __--
 */
function sharedOf({ shmem, file, inactive }: Columns): Float64Array {
  if (!inactive || countOf(shmem) > 0) return shmem;
  const inUse = (row: number) => Math.max(0, (file[row] ?? Number.NaN) - inactive(row));
  const fills = (from: number) => {
    const grown = change(from, file.length, inUse);
    return grown > 0 && change(from, file.length, inactive) < SMALL * grown;
  };
  return fills(0) || fills(Math.floor(file.length / 2)) ? file.map((_, row) => inUse(row)) : shmem;
}

const SMALL = 0.05;
/** As many rows of a tenth as a median needs. */
const ENOUGH = 100;

/** From the middle of the first tenth to that of the last. */
function change(first: number, last: number, of: OfRow): number {
  const end = Math.ceil((last - first) / 10);
  const every = Math.ceil(end / ENOUGH);
  const level = (from: number) => {
    const some = new Float64Array(end === 0 ? 0 : Math.ceil(end / every));
    for (let i = 0; i < some.length; i += 1) some[i] = of(from + i * every);
    return medianOf(some);
  };
  return level(last - end) - level(first);
}
