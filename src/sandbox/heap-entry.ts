import { heapGrowth } from '../analysis/heap-growth.js';
import { LeakwatchError } from '../errors.js';
import type { HeapBytes, HeapGrowth, HeapRow } from '../model/heap.js';
import { readHeaps } from '../sources/pprof/read-heap.js';
import { endWithParent } from './end-with-parent.js';
import { answerHeaps, short } from './heap-course.js';
import { type HeapReply, type HeapRequest, MOST_MB, type Which } from './heap-protocol.js';
import { answerMassif } from './massif-course.js';

/**
 * The decoding child: profiles in, figures out, once. It has no environment and no tokens; whatever the bytes do to it, only an
 * answer is lost.
 */
endWithParent(MOST_MB);
process.once('message', (request: HeapRequest) => {
  void answer(request).then((reply) => process.send?.(reply));
});

async function answer({ id, ...asked }: HeapRequest): Promise<HeapReply> {
  let which: Which = 'now';
  const at = (next: Which) => {
    which = next;
  };
  try {
    if ('massif' in asked) return { id, ...(await answerMassif(process.stdin, asked.top)) };
    return { id, ...('heaps' in asked ? await answerHeaps(asked, at) : { growths: await growths(asked, at) }) };
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    return { id, which, refused: error.message };
  }
}

async function growths({ now, base, measures, by, top }: HeapBytes, at: (which: Which) => void): Promise<HeapGrowth[]> {
  const [heap, earlier] = await readHeaps(Buffer.from(now), base && Buffer.from(base), () => at('base'));
  at('now');
  return measures.map((name) => ends(heapGrowth(heap, earlier, by, name ?? undefined), top));
}

/** Only the largest and the least of 10,000 rows are ever shown, and nobody reads a name of a megabyte. */
function ends(growth: HeapGrowth, top: number): HeapGrowth {
  const rows = growth.rows.length > 2 * top ? [...growth.rows.slice(0, top), ...growth.rows.slice(-top)] : growth.rows;
  return { ...growth, measure: { name: short(growth.measure.name), unit: short(growth.measure.unit) }, rows: rows.map(shortRow) };
}

function shortRow({ function: name, flat, cum, at }: HeapRow): HeapRow {
  return { function: short(name), flat, cum, at: at && { file: short(at.file), line: at.line } };
}
