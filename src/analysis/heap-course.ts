import { personError } from '../errors.js';
import type { Heap } from '../model/heap.js';
import type { HeapCourse } from '../model/heap-evidence.js';
import { heapGrowth } from './heap-growth.js';

type Row = HeapCourse['rows'][number];
type Growing = { function: string; held: number[]; file: string | null; line: number | null };

/**
 * Heaps of one program by function, oldest first, made as they come: a heap is let go of once its sums are taken, so that ten heaps
 * take no more memory than one.
 *
 *     heap 0   heap 1   heap 2
 *     10 KB    40 KB    70 KB    Put        what a function holds itself, in each
 *     90 KB       –     10 KB    parse      0 where it is not there
 */
export function heapCourse(): { add(heap: Heap): void; course(top: number): HeapCourse } {
  const rows = new Map<string, Growing>();
  const totals: number[] = [];
  let first: { measure: HeapCourse['measure']; sampledEvery: number | null } | undefined;

  return {
    /** Throws a person's error where it counts something else than those before it. */
    add(heap) {
      const { measure, grown, rows: sums } = heapGrowth(heap, null);
      first ??= { measure, sampledEvery: heap.period?.unit === 'bytes' ? heap.period.every : null };
      if (measure.name !== first.measure.name || measure.unit !== first.measure.unit)
        throw personError(`counts ${measure.name}, and the one before it ${first.measure.name}: they cannot be compared.`);
      for (const { function: name, flat, at } of sums) {
        if (flat === 0n) continue;
        const row = rows.get(name) ?? { function: name, held: [], file: null, line: null };
        while (row.held.length < totals.length) row.held.push(0);
        row.held.push(Number(flat));
        // Of the last heap that it is in: that is what runs now.
        if (at) [row.file, row.line] = [at.file, at.line || null];
        rows.set(name, row);
      }
      totals.push(Number(grown));
    },

    /** `top` rows of each end: what grew most, and what shrank most. */
    course(top) {
      if (!first) throw new Error('a course of no heaps');
      const all = [...rows.values()].map((row): Row => ({ ...row, held: totals.map((_, i) => row.held[i] ?? 0) }));
      all.sort((a, b) => grownBy(b) - grownBy(a) || (a.function < b.function ? -1 : 1));
      const kept = all.length > 2 * top ? [...all.slice(0, top), ...all.slice(-top)] : all;
      return { ...first, totals, rows: kept, others: all.length - kept.length };
    },
  };
}

function grownBy({ held }: Row): number {
  return (held.at(-1) ?? 0) - (held.length > 1 ? (held[0] ?? 0) : 0);
}
