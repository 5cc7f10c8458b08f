import { type Columns, countOf, type OfRow, sumOf } from './columns.js';
import { medianOf } from './quantile.js';

const SMALL = 0.05;
/** As many rows of a tenth as a median needs. */
const ENOUGH = 100;

/**
 * Shared memory, where it is not measured, is in the page cache; but not in the part that lies idle, and so all of the growth of cache
 * that leaves idle cache as it was is taken for it: over all that is seen, or over its later half, since idle cache fills first where a
 * process has just begun. The same columns where it is measured, or where nothing looks like it.
 *
 *     tmpfs fills   file __--  idle ____  or  .-----      a file is read   file __--  idle __--
 */
export function withShared(columns: Columns): Columns {
  const { anon, kernel, shmem, file, inactive } = columns;
  if (!inactive || countOf(shmem) > 0) return columns;
  const inUse = (row: number) => Math.max(0, (file[row] ?? Number.NaN) - inactive(row));
  const fills = (from: number) => {
    const grown = change(from, file.length, inUse);
    return grown > 0 && change(from, file.length, inactive) < SMALL * grown;
  };
  if (!fills(0) && !fills(Math.floor(file.length / 2))) return columns;
  const shared = file.map((_, row) => inUse(row));
  return { ...columns, shmem: shared, file: file.map((_, row) => inactive(row)), used: sumOf(anon, kernel, shared) };
}

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
