import { heapCourse } from '../analysis/heap-course.js';
import { heldByFunction } from '../analysis/heap-held.js';
import type { HeapCourse } from '../model/heap-evidence.js';
import { BELOW_THRESHOLD, type MassifAnswer, type MassifSnapshot } from '../model/massif.js';
import { readMassif } from '../sources/massif/read-massif.js';
import { unpacked } from '../sources/massif/unpacked.js';
import { short, shortCourse } from './heap-course.js';

/** A picture has 480 points, and `--max-snapshots` stops at 1,000. */
const MOST_SNAPSHOTS = 1_000;

/** A file of Massif's, packed or not, as it streams by: its curve, and the sites that grew between its first tree and its last. */
export async function answerMassif(chunks: AsyncIterable<Buffer>, top: number): Promise<MassifAnswer> {
  const { massif, from, to } = await readMassif(unpacked(chunks), {}, true);
  const { command, description } = massif;
  const snapshots = thinned(massif.snapshots, [massif.peak, from?.index ?? null, to?.index ?? null]);
  const heaps = [from, to].flatMap((one) => (one ? [heldByFunction(one.heap, 'innermost')] : []));
  return {
    massif: { ...massif, command: short(command), description: short(description), snapshots },
    from: from?.index ?? null,
    to: to?.index ?? null,
    course: heaps.length > 0 ? shortCourse(withoutRest(heapCourse(heaps, top + 1))) : null,
  };
}

/** Callers that Massif left out are no site. */
function withoutRest(course: HeapCourse): HeapCourse {
  return { ...course, rows: course.rows.filter((row) => row.function !== BELOW_THRESHOLD) };
}

/** Every so many of them, and those that are named. */
function thinned(all: readonly MassifSnapshot[], named: readonly (number | null)[]): readonly MassifSnapshot[] {
  const step = Math.ceil(all.length / MOST_SNAPSHOTS);
  if (step <= 1) return all;
  return all.filter((snapshot, i) => i % step === 0 || i === all.length - 1 || named.includes(snapshot.index));
}
