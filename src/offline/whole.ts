import { createReadStream, readFileSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { personError } from '../errors.js';
import { sentenceOf } from './bytes.js';
import { inputName } from './problem.js';

/**
 * A whole file (`-`: standard input; a pipe will do), as it lies there. Throws a person's error with its name in it; a file of more
 * than `mostBytes` is read no further than that.
 */
export async function readWhole(path: string, stdin: Readable, mostBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    const stat = path === '-' ? null : statSync(path);
    // Nothing else is to be done meanwhile, and a stream costs a start of its own.
    if (stat?.isFile() && stat.size <= mostBytes) return readFileSync(path);
    for await (const chunk of path === '-' ? stdin : createReadStream(path, { highWaterMark: 2 ** 20 })) {
      length += chunk.length;
      if (length > mostBytes) throw personError(`${inputName(path)}: is refused: more than ${mostBytes / 2 ** 20} MiB.`);
      pieces.push(chunk);
    }
  } catch (error) {
    throw sentenceOf(path, error);
  }
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, length);
}
