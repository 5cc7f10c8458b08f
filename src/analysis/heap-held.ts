import type { Heap, Measure } from '../model/heap.js';
import type { Place } from '../model/heap-evidence.js';
import { type HeapHead, pickMeasure } from './heap-measure.js';
import { ownSite, standardSites } from './own-code.js';

/**
 * One heap by function, small enough to keep beside others while the next is decoded: what each holds itself, where, and whose code of
 * one's own brought it there. Numbers: a heap of 2^53 bytes is none.
 */
export type Held = {
  readonly head: HeapHead;
  readonly measure: Measure;
  readonly total: number;
  readonly functions: ReadonlyMap<string, HeldRow>;
};

/** `places`: lines of the function itself, or of its callers where it is of a standard library; a number each. */
export type HeldRow = { held: number; readonly standard: boolean; readonly places: Map<string, { held: number; place: Place }> };

/** Goroutines stand in `runtime.gopark`, all of them: they are told by the code of one's own that waits there. */
export type HeldBy = 'innermost' | 'own';

/** Throws a person's error where there is no such measure. */
export function heldByFunction(heap: Heap, by: HeldBy, name?: string): Held {
  const { now: index, measure } = pickMeasure(heap, null, name);
  const values = heap.values[index];
  const standard = standardSites(heap);
  const sums = new Map<number, number>();
  let total = 0;
  for (let stack = 0; stack < heap.stackCount; stack += 1) {
    const value = Number(values?.[stack] ?? 0);
    const [from = 0, to = 0] = [heap.firstFrame[stack], heap.firstFrame[stack + 1]];
    total += value;
    if (value === 0 || from === to) continue;
    const own = ownSite(heap, stack, standard);
    const leaf = by === 'innermost' ? (heap.frames[from] ?? 0) : own >= 0 ? own : began(heap, from, to);
    const key = leaf * heap.sites.lines.length + (own >= 0 ? own : leaf);
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  const { measures, usualMeasure, period } = heap;
  return { head: { measures, usualMeasure, period }, measure, total, functions: named(heap, sums, standard) };
}

/** The call that a goroutine without code of one's own began with: `net/http.(*persistConn).readLoop` says more than what it waits in. */
function began({ frames, sites, functions }: Heap, from: number, to: number): number {
  const outermost = frames[to - 1] ?? 0;
  const isRoot = functions[sites.functions[outermost] ?? 0] === 'runtime.goexit';
  return isRoot && to - from > 1 ? (frames[to - 2] ?? outermost) : outermost;
}

function named(heap: Heap, sums: ReadonlyMap<number, number>, standard: Uint8Array): Map<string, HeldRow> {
  const { sites, functions } = heap;
  const rows = new Map<string, HeldRow>();
  for (const [key, value] of sums) {
    const leaf = Math.floor(key / sites.lines.length);
    const name = functions[sites.functions[leaf] ?? 0] ?? '';
    const row = rows.get(name) ?? { held: 0, standard: standard[leaf] === 1, places: new Map() };
    rows.set(name, row);
    row.held += value;
    const place = placeOf(heap, key % sites.lines.length);
    const at = `${place.function}\n${place.file}\n${place.line}`;
    const known = row.places.get(at) ?? { held: 0, place };
    known.held += value;
    row.places.set(at, known);
  }
  return rows;
}

function placeOf({ sites, functions, files }: Heap, site: number): Place {
  const file = files[sites.files[site] ?? -1] ?? null;
  return {
    function: functions[sites.functions[site] ?? 0] ?? '',
    file: file === '' ? null : file,
    line: sites.lines[site] || null,
  };
}
