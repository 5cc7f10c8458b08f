import { grownStacks } from '../analysis/grown-stacks.js';
import { heapCourse } from '../analysis/heap-course.js';
import { type Held, heldByFunction } from '../analysis/heap-held.js';
import type { Heap, Measure } from '../model/heap.js';
import type { GrownStacks, HeapCourse, HeapsAnswer, Place } from '../model/heap-evidence.js';
import { readAnyHeaps } from '../sources/read-any-heap.js';
import type { CourseRequest, Which } from './heap-protocol.js';

const MAX_NAME = 1_000;
/** Of that, so much is its beginning. */
const HEAD = 300;

/**
 * Several heaps, read and decoded one after the other: of those between the first and the last only what each function holds is kept, so that ten
 * of them take no more memory than two. `next` gives so many bytes more; `at` is told which heap is at hand.
 */
export async function answerHeaps(
  { courseOf, measure, by, top, stacks }: CourseRequest,
  next: (bytes: number) => Promise<Buffer>,
  at: (which: Which) => void,
): Promise<HeapsAnswer> {
  const held: Held[] = [];
  const ends: Heap[] = [];
  const takenAtMs: (number | null)[] = [];
  for (const [i, bytes] of courseOf.entries()) {
    at({ number: i + 1, of: courseOf.length });
    const [heap] = await readAnyHeaps(await next(bytes), null);
    takenAtMs.push(heap.takenAtMs);
    held.push(heldByFunction(heap, by, measure ?? undefined));
    if (stacks > 0 && (i === 0 || i === courseOf.length - 1)) ends.push(heap);
  }
  const course = heapCourse(held, top);
  const [now, base] = [ends.at(-1), ends.length > 1 ? (ends[0] ?? null) : null];
  const grown = now ? grownStacks(now, base, stacks, course.measure.name) : null;
  return { course: shortCourse(course), stacks: grown && shortStacks(grown), takenAtMs };
}

export function shortCourse({ measure, rows, ...course }: HeapCourse): HeapCourse {
  const shorter = rows.map((row) => ({ ...row, ...shortPlace(row), via: row.via && shortPlace(row.via) }));
  return { ...course, measure: shortMeasure(measure), rows: shorter };
}

function shortStacks({ measure, frames, ...rest }: GrownStacks): GrownStacks {
  return { ...rest, measure: shortMeasure(measure), frames: frames.map(shortPlace) };
}

function shortMeasure({ name, unit }: Measure): Measure {
  return { name: short(name), unit: short(unit) };
}

function shortPlace({ function: name, file, line }: Place): Place {
  return { function: short(name), file: file === null ? null : short(file), line };
}

/** Nobody reads a name of a megabyte. Its end is kept: that is what is called, or the file in which it lies. */
export function short(text: string): string {
  return text.length > MAX_NAME ? `${text.slice(0, HEAD)}…${text.slice(HEAD + 1 - MAX_NAME)}` : text;
}
