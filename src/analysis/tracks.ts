import type { Columns } from './columns.js';
import type { Track } from './floor.js';
import { medianOf } from './quantile.js';

/** One column over the rows that have it. */
export function trackOf(columns: Columns, name: 'anon' | 'kernel' | 'shmem' | 'file' | 'used'): Track {
  const { t } = columns;
  const bytes = name === 'shmem' ? sharedOf(columns) : columns[name];
  if (!bytes.some(Number.isNaN)) return { t, bytes };
  const there = (_: number, i: number) => !Number.isNaN(bytes[i]);
  return { t: t.filter(there), bytes: bytes.filter(there) };
}

/**
 * Shared memory, where it is measured. Where it is not, it is in the page cache; but not in the part that lies idle, and so all
 * of the growth of cache that leaves idle cache as it was is taken for it.
 *
 *     tmpfs fills   file __--  idle ____       a file is read   file __--  idle __--
 */
function sharedOf({ shmem, file, inactive }: Columns): Float64Array {
  if (!shmem.every(Number.isNaN)) return shmem;
  const inUse = file.map((bytes, i) => Math.max(0, bytes - (inactive[i] ?? Number.NaN)));
  return change(inUse) > 0 && change(inactive) < SMALL * change(inUse) ? inUse : shmem;
}

const SMALL = 0.05;

/** From the middle of the first tenth to that of the last. */
function change(bytes: Float64Array): number {
  const end = Math.ceil(bytes.length / 10);
  return medianOf(bytes.slice(-end)) - medianOf(bytes.slice(0, end));
}
