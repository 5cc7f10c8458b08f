import { heapGrowth } from '../analysis/heap-growth.js';
import { LeakwatchError } from '../errors.js';
import type { HeapGrowth, HeapRow } from '../model/heap.js';
import { readHeaps } from '../sources/pprof/read-heap.js';
import { endWithParent } from './end-with-parent.js';
import { inWholes } from './feed.js';
import { answerHeaps, short } from './heap-course.js';
import { type GrowthsRequest, type HeapReply, type HeapRequest, MOST_MB, type Which } from './heap-protocol.js';
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
    const next = inWholes(process.stdin);
    if ('courseOf' in asked) return { id, ...(await answerHeaps(asked, next, at)) };
    return { id, growths: await growths(asked, next, at) };
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    return { id, which, refused: error.message };
  }
}

async function growths(
  { growthsOf: [nowBytes = 0, baseBytes], measures, by, top }: GrowthsRequest,
  next: (bytes: number) => Promise<Buffer>,
  at: (which: Which) => void,
): Promise<HeapGrowth[]> {
  const [now, base] = [await next(nowBytes), baseBytes === undefined ? null : await next(baseBytes)];
  const [heap, earlier] = await readHeaps(now, base, () => at('base'));
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
