import { personError } from '../errors.js';
import type { Heap, Measure } from '../model/heap.js';

/** The same measure in two heaps, as indexes; that of an earlier heap that is not there is -1. */
export type Picked = { readonly measure: Measure; readonly now: number; readonly base: number };

/** What a heap counts: all that is needed to tell whether another one can be compared with it. */
export type HeapHead = Pick<Heap, 'measures' | 'usualMeasure' | 'period'>;

/**
 * Picks what is compared: the measure of that name, or the usual one of the later heap. `inuse_space` also finds `space`, as
 * profiles of C++ call it. Throws a person's error where there is none of that name, or where the two cannot be compared.
 */
export function pickMeasure(heap: HeapHead, base: HeapHead | null, name?: string): Picked {
  const now = name === undefined ? heap.usualMeasure : find(heap.measures, name);
  const measure = heap.measures[now];
  if (!measure) throw personError(`has no ${name}: it counts ${namesOf(heap)}.`);
  if (!base) return { measure, now, base: -1 };
  if (heap.period && base.period && !(isAlike(heap.period, base.period) && heap.period.unit === base.period.unit)) {
    const [a, b] = [heap.period, base.period];
    throw personError(`cannot be compared: one was sampled by ${a.name} (${a.unit}), the other by ${b.name} (${b.unit}).`);
  }
  const at = base.measures.findIndex((other) => isAlike(measure, other));
  const other = base.measures[at];
  if (!other) throw personError(`cannot be compared: the earlier one has no ${measure.name}, but ${namesOf(base)}.`);
  if (other.unit !== measure.unit) {
    throw personError(`cannot be compared: ${measure.name} is in ${measure.unit}, and in ${other.unit} in the earlier one.`);
  }
  return { measure, now, base: at };
}

function find(measures: readonly Measure[], name: string): number {
  const short = name.replace(/^inuse_/, '');
  return measures.findIndex((measure) => measure.name === name || measure.name === short);
}

/** `object` and `objects` are one. */
export function isAlike(a: Measure, b: Measure): boolean {
  return a.name.replace(/s$/, '') === b.name.replace(/s$/, '');
}

function namesOf({ measures }: HeapHead): string {
  return measures.map(({ name }) => name).join(', ');
}
