import { heapCourse } from '../analysis/heap-course.js';
import { LeakwatchError } from '../errors.js';
import type { HeapCourse } from '../model/heap-evidence.js';
import { readHeaps } from '../sources/pprof/read-heap.js';
import { endWithParent } from './end-with-parent.js';
import { type HeapReply, type HeapRequest, MOST_MB } from './heap-protocol.js';

/**
 * The decoding child: profiles in, figures out, once. It has no environment and no tokens; whatever the bytes do to it, only an
 * answer is lost.
 */
const MAX_NAME = 1_000;

endWithParent(MOST_MB);
process.once('message', (request: HeapRequest) => {
  void answer(request).then((reply) => process.send?.(reply));
});

async function answer({ id, heaps, top }: HeapRequest): Promise<HeapReply> {
  let which = 0;
  try {
    const { add, course } = heapCourse();
    for (const [i, bytes] of heaps.entries()) {
      which = i;
      const [heap] = await readHeaps(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), null);
      add(heap);
    }
    return { id, course: bounded(course(top)) };
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    return { id, which, refused: error.message };
  }
}

/** Nobody reads a name of a megabyte. */
function bounded({ measure, rows, ...course }: HeapCourse): HeapCourse {
  return {
    ...course,
    measure: { name: short(measure.name), unit: short(measure.unit) },
    rows: rows.map((row) => ({ ...row, function: short(row.function), file: row.file === null ? null : short(row.file) })),
  };
}

function short(text: string): string {
  return text.length > MAX_NAME ? `${text.slice(0, MAX_NAME - 1)}…` : text;
}
