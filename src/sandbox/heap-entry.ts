import { heapGrowth } from '../analysis/heap-growth.js';
import { LeakwatchError } from '../errors.js';
import type { HeapGrowth, HeapRow } from '../model/heap.js';
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

async function answer({ id, now, base, measures, by, top }: HeapRequest): Promise<HeapReply> {
  let which: 'now' | 'base' = 'now';
  try {
    const [heap, earlier] = await readHeaps(Buffer.from(now), base && Buffer.from(base), () => {
      which = 'base';
    });
    which = 'now';
    return { id, growths: measures.map((name) => ends(heapGrowth(heap, earlier, by, name ?? undefined), top)) };
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    return { id, which, refused: error.message };
  }
}

/** Only the largest and the least of 10,000 rows are ever shown, and nobody reads a name of a megabyte. */
function ends(growth: HeapGrowth, top: number): HeapGrowth {
  const rows = growth.rows.length > 2 * top ? [...growth.rows.slice(0, top), ...growth.rows.slice(-top)] : growth.rows;
  return { ...growth, measure: { name: short(growth.measure.name), unit: short(growth.measure.unit) }, rows: rows.map(shortRow) };
}

function shortRow({ function: name, flat, cum, at }: HeapRow): HeapRow {
  return { function: short(name), flat, cum, at: at && { file: short(at.file), line: at.line } };
}

function short(text: string): string {
  return text.length > MAX_NAME ? `${text.slice(0, MAX_NAME - 1)}…` : text;
}
