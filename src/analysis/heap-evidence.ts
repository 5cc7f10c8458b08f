import type { HeapCourse, HeapEvidence, HeapEvidenceRow, Place } from '../model/heap-evidence.js';
import { grownOf } from './heap-course.js';
import { heapRate } from './heap-rate.js';

/** All that a heap does not say of itself. */
type About = Omit<HeapEvidence, 'measure' | 'totals' | 'totalPerHour' | 'leastTold' | 'rows' | 'others'>;
/** The address of a place, at the revision that runs; null where it is not known. */
type LinkOf = (place: Place) => string | null;

/** Growth of fewer samples than this has a range with zero in it: g = 1.96 √(R·g + R²) at g = 4.7 R. */
const LEAST_SAMPLES = 4.7;

/** Puts together what heaps and all else say: rates for heaps of one process only, because over a restart there is no such thing. */
export function heapEvidence(course: HeapCourse, about: About, linkOf: LinkOf = () => null): HeapEvidence {
  const { measure, totals, others, sampledEvery, rows } = course;
  const isOneProcess = about.baseline.is === 'same-process';
  const rateOf = (held: readonly number[]) => (isOneProcess ? heapRate(about.takenAtMs, held, sampledEvery) : null);
  return {
    ...about,
    ...{ measure, totals, others },
    totalPerHour: rateOf(totals),
    leastTold: sampledEvery === null ? null : LEAST_SAMPLES * sampledEvery,
    rows: rows.map((row): HeapEvidenceRow => {
      const place = row.via ?? { function: row.function, file: row.file, line: row.line };
      return { ...row, grown: grownOf(row), perHour: rateOf(row.held), link: place.file === null ? null : linkOf(place) };
    }),
  };
}

/**
 * Whose growth it is, in one name: the function that grew most, or who called it where it is a standard library's, which everybody's leak
 * has in common. Undefined: there is one heap, or no more than sampling lets appear, or what leaks is not in it.
 */
export function whoGrew({ takenAtMs, rows: [first], leastTold, reconciliation }: HeapEvidence): string | undefined {
  const isTold = takenAtMs.length > 1 && first !== undefined && first.grown > 0 && first.grown >= (leastTold ?? 0);
  const isOutside = reconciliation?.says === 'elsewhere' || reconciliation?.says === 'around';
  return isTold && !isOutside ? (first.via ?? first).function : undefined;
}
