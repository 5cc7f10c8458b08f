import { worldError } from '../errors.js';
import type { HeapCourse } from '../model/heap-evidence.js';
import type { HeapReader } from '../model/heap-reading.js';
import { type Kind, startChild } from './child.js';
import { type HeapReply, type HeapRequest, MOST_MB } from './heap-protocol.js';

export type HeapReaderOptions = {
  /** `heap-entry.js`, as built. */
  readonly entry: string;
  /** For one answer, the start of the child (0.1 s) included. A large service takes one. */
  readonly answerMs?: number;
  readonly onStart?: (pid: number | undefined) => void;
};

function decoding(heaps: number): Kind<HeapReply, HeapCourse> {
  return {
    name: 'decoding',
    heapMb: MOST_MB,
    answerOf(reply) {
      if ('course' in reply) return reply.course;
      throw worldError(`the ${reply.which === heaps - 1 ? 'heap' : 'earlier heap'} ${reply.refused}`);
    },
  };
}

/**
 * Decodes in a child process of its own for each question, with an empty environment, 5 s and 256 MiB: heaps are taken a few times
 * an hour, and a child that decoded one service's bytes must not see another's.
 */
export function makeHeapReader({ entry, answerMs = 5_000, onStart }: HeapReaderOptions): HeapReader {
  return {
    async read(bytes, signal) {
      signal.throwIfAborted();
      const child = startChild<HeapRequest, HeapReply, HeapCourse>(entry, decoding(bytes.heaps.length));
      onStart?.(child.pid);
      const tooLong = new AbortController();
      const timer = setTimeout(() => tooLong.abort(worldError(`the heap was not decoded in ${answerMs} ms`)), answerMs);
      try {
        return await child.ask({ id: 1, ...bytes }, AbortSignal.any([signal, tooLong.signal]));
      } finally {
        clearTimeout(timer);
        await child.kill();
      }
    },
  };
}
