import { worldError } from '../errors.js';
import type { MassifAnswer, MassifReader } from '../model/massif.js';
import { type Kind, startChild } from './child.js';
import { feed } from './feed.js';
import { type HeapReply, type HeapRequest, MOST_MB } from './heap-protocol.js';

export type MassifReaderOptions = {
  /** `heap-entry.js`, as built. */
  readonly entry: string;
  /** For one file, its way out of the container included: 39 MB take a second. */
  readonly answerMs?: number;
  readonly onStart?: (pid: number | undefined) => void;
};

const DECODING: Kind<HeapReply, MassifAnswer> = {
  name: 'decoding',
  heapMb: MOST_MB,
  hasInput: true,
  answerOf(reply) {
    if ('refused' in reply)
      throw worldError(`the file${reply.refused.replace(/^line (\d+): /, ', line $1, ').replace(/^(?!,)/, ' ')}`);
    if (!('massif' in reply)) throw new Error('the decoding child answered another question');
    const { massif, from, to, course } = reply;
    return { massif, from, to, course };
  },
};

/** Decodes in a child of its own for each file, which it is given as it comes: no more than a piece of it is ever here. */
export function makeMassifReader({ entry, answerMs = 60_000, onStart }: MassifReaderOptions): MassifReader {
  return {
    async read(file, top, signal) {
      signal.throwIfAborted();
      const child = startChild<HeapRequest, HeapReply, MassifAnswer>(entry, DECODING);
      onStart?.(child.pid);
      const over = new AbortController();
      const timer = setTimeout(() => over.abort(worldError(`the file was not read in ${answerMs} ms`)), answerMs);
      const limit = AbortSignal.any([signal, over.signal]);
      try {
        const answer = child.ask({ id: 1, massif: true, top }, limit);
        const [answered] = await Promise.all([answer, feed(file, child.input, over, limit)]);
        return answered;
      } finally {
        clearTimeout(timer);
        await child.kill();
      }
    },
  };
}
