/** One line of a file, counted from 1; `text` is null when it was longer than is taken. */
export type TextLine = { readonly number: number; readonly text: string | null };

/** Half a million samples; what is longer is a file without line ends. */
export const MAX_LINE_BYTES = 64 * 2 ** 20;

const LINE_END = 0x0a;
const BOM = '\ufeff';

/**
 * Cuts bytes into lines (UTF-8; `\n`, `\r\n`, the last without an end; a byte order mark is left out). Holds one line at a time,
 * and of one that is too long nothing.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>, maxBytes = MAX_LINE_BYTES): AsyncGenerator<TextLine> {
  let [pieces, length, number]: [Buffer[], number, number] = [[], 0, 1];
  const take = (): TextLine => {
    const text = length > maxBytes ? null : Buffer.concat(pieces).toString('utf8');
    const line = { number, text: number === 1 && text?.startsWith(BOM) ? text.slice(1) : text };
    [pieces, length, number] = [[], 0, number + 1];
    return line;
  };
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const end = chunk.indexOf(LINE_END, from);
      const piece = chunk.subarray(from, end < 0 ? chunk.length : end);
      length += piece.length;
      if (length <= maxBytes) pieces.push(piece);
      else pieces = [];
      from += piece.length + 1;
      if (end >= 0) yield take();
    }
  }
  if (length > 0) yield take();
}
