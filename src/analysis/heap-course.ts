import { personError } from '../errors.js';
import type { HeapCourse, HeapEvidenceRow, Place } from '../model/heap-evidence.js';
import type { Held, HeldRow } from './heap-held.js';
import { isAlike, pickMeasure } from './heap-measure.js';
import { isByClass } from './own-code.js';

type Row = HeapCourse['rows'][number];
type Figures = Pick<HeapEvidenceRow, 'held'>;
/** Of what grew most: a class of one's own that grew by less is not put before it. A choice. */
const OWN_SHARE = 0.001;

/**
 * Heaps of one replica, oldest first, by function: `top` of those that grew most from the first to the last (of a single one: that
 * hold most) and as many of those that shrank most. Throws a person's error where they cannot be compared.
 */
export function heapCourse(heaps: readonly Held[], top: number): HeapCourse {
  const [first, last] = [heaps[0], heaps.at(-1)];
  if (!first || !last) throw new Error('no heap');
  for (const heap of heaps) {
    pickMeasure(last.head, heap.head, last.measure.name);
    if (!isAlike(heap.measure, last.measure)) {
      const [is, other] = [last.measure.name, heap.measure.name];
      throw personError(`cannot be compared: it is of ${is}, an earlier one of ${other}. Take all of them the same way.`);
    }
  }
  const names = new Set(heaps.flatMap(({ functions }) => [...functions.keys()]));
  const held = [...names].map((name) => ({ name, held: heaps.map(({ functions }) => functions.get(name)?.held ?? 0) }));
  const moving = held
    .filter((row) => row.held.some((value) => value !== 0))
    .sort((a, b) => grownOf(b) - grownOf(a) || order(a, b));
  const grown = moving.filter((row) => grownOf(row) > 0);
  const rising = (isByClass(last.head) ? ownFirst(grown, heaps) : grown).slice(0, top);
  const shrinking = moving.filter((row) => grownOf(row) < 0).slice(-top);
  return {
    measure: last.measure,
    sampledEvery: last.measure.unit === 'bytes' ? sampledEvery(heaps) : null,
    totals: heaps.map(({ total }) => total),
    rows: [...rising, ...shrinking].map((row): Row => ({ function: row.name, held: row.held, ...placed(row.name, heaps) })),
    others: moving.length - rising.length - shrinking.length,
  };
}

/** By the coarsest of them: a rate may be changed while a process runs. */
function sampledEvery(heaps: readonly Held[]): number | null {
  const rates = heaps.flatMap(({ head: { period } }) => (period?.unit === 'bytes' && period.every > 1 ? [period.every] : []));
  return rates.length > 0 ? Math.max(...rates) : null;
}

/**
 * The program's own classes, then what they are made of. Sessions of 40 bytes that hold 10 KiB each are there; the clock that is two
 * instances more than before is not.
 */
function ownFirst<R extends Figures & { readonly name: string }>(rows: readonly R[], heaps: readonly Held[]): R[] {
  const least = OWN_SHARE * (rows[0] ? grownOf(rows[0]) : 0);
  const isOwn = (row: R) => grownOf(row) >= least && !heaps.some(({ functions }) => functions.get(row.name)?.standard);
  return [...rows.filter(isOwn), ...rows.filter((row) => !isOwn(row))];
}

/** What it holds more in the last than in the first; all that it holds, where there is one. */
export function grownOf({ held }: Figures): number {
  return (held.at(-1) ?? 0) - (held.length > 1 ? (held[0] ?? 0) : 0);
}

function order(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/** Where most of its growth is, in the function itself or in the code of one's own that called it. */
function placed(name: string, heaps: readonly Held[]): Pick<Row, 'file' | 'line' | 'via'> {
  const [first, last] = [heaps[0]?.functions.get(name), heaps.at(-1)?.functions.get(name)];
  const before = heaps.length > 1 ? first : undefined;
  const row = last ?? first ?? heaps.find(({ functions }) => functions.has(name))?.functions.get(name);
  if (!row) return { file: null, line: null, via: null };
  const place = busiest(row, row === before ? undefined : before);
  const isOther = row.standard && place !== null && place.function !== name;
  return isOther ? { file: null, line: null, via: place } : { file: place?.file ?? null, line: place?.line ?? null, via: null };
}

/** By how much more there is, or less where all of it shrank. */
function busiest(now: HeldRow, before: HeldRow | undefined): Place | null {
  let most: { readonly place: Place; readonly moved: number } | null = null;
  for (const [key, { held, place }] of now.places) {
    const moved = held - (before?.places.get(key)?.held ?? 0);
    if (!most || moved > most.moved) most = { place, moved };
  }
  return most?.place ?? null;
}
