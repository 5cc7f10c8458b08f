import { type Columns, countOf } from './columns.js';
import { EMPTY, type Track } from './floor.js';

/** One column over the rows that have it. */
export function trackOf(columns: Columns, name: 'anon' | 'kernel' | 'shmem' | 'file' | 'used'): Track {
  // These two are there in every row.
  if (name === 'anon' || name === 'used') return { t: columns.t, bytes: columns[name] };
  return measured(columns.t, columns[name]);
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
