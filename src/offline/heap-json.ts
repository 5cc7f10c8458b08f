import type { HeapGrowth } from '../model/heap.js';

/** As many rows as make a piece worth writing. */
const PIECE = 1_000;

/**
 * A heap as one JSON object, a row in each line, in pieces. Whole numbers are written with all their digits, also above 2^53,
 * where `JSON.parse` rounds.
 */
export function* heapJson({ measure, total, baseTotal, rows }: HeapGrowth, top = rows.length): Generator<string> {
  const head = `"sampleType":${JSON.stringify(measure.name)},"unit":${JSON.stringify(measure.unit)},"total":${total}`;
  yield `{${head},"baseTotal":${baseTotal},"rows":[`;
  const most = Math.min(top, rows.length);
  for (let from = 0; from < most; from += PIECE) {
    const lines = rows
      .slice(from, Math.min(from + PIECE, most))
      .map((row) => `\n{"function":${JSON.stringify(row.function)},"flat":${row.flat},"cum":${row.cum}}`);
    yield `${from > 0 ? ',' : ''}${lines.join(',')}`;
  }
  yield most > 0 ? '\n]}\n' : ']}\n';
}
