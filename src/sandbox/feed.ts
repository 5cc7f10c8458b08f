import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LeakwatchError } from '../errors.js';

/** So much at a time: what is a whole elsewhere must not be one write. */
const PIECE_BYTES = 2 ** 20;

/**
 * Gives a child what it reads. One that has seen enough (a bad line) closes its input: what is wrong it says itself. What ends the bytes in their middle
 * ends both, by `over`.
 */
export async function feed(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  input: NodeJS.WritableStream | null,
  over: AbortController,
  limit: AbortSignal,
): Promise<void> {
  if (!input) throw new Error('the decoding child has no input');
  let broken: LeakwatchError | undefined;
  const watched = async function* () {
    try {
      for await (const one of bytes) yield* piecesOf(one);
    } catch (error) {
      if (error instanceof LeakwatchError) broken = error;
      throw error;
    }
  };
  try {
    await pipeline(Readable.from(watched(), { objectMode: false }), input, { signal: limit });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (broken) over.abort(broken);
    if (code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR' || broken) return;
    over.abort(error);
    throw error;
  }
}

/** Views of it, not copies. */
function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

/** Reads so many bytes of a stream, and then so many more: each as a whole. */
export function inWholes(stream: AsyncIterable<Buffer>): (bytes: number) => Promise<Buffer> {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  return async (bytes) => {
    const whole = Buffer.allocUnsafe(bytes);
    for (let at = 0; at < bytes; ) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done) throw new Error(`${bytes} bytes were announced, and ${at} came`);
        rest = next.value;
      }
      const copied = rest.copy(whole, at);
      [at, rest] = [at + copied, rest.subarray(copied)];
    }
    return whole;
  };
}
