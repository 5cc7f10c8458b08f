import { worldError } from '../errors.js';
import type { HeapReader } from '../model/heap.js';
import type { HeapsReader } from '../model/heap-evidence.js';
import { type Kind, startChild } from './child.js';
import { feed } from './feed.js';
import { type HeapReply, type HeapRequest, MOST_MB, type Which } from './heap-protocol.js';

export type HeapReaderOptions = {
  /** `heap-entry.js`, as built. */
  readonly entry: string;
  /** For one answer about one heap or two, the start of the child (0.1 s) included. A large service takes one. */
  readonly answerMs?: number;
  readonly onStart?: (pid: number | undefined) => void;
};

type Answer = Exclude<HeapReply, { readonly refused: string }>;

const DECODING: Kind<HeapReply, Answer> = {
  name: 'decoding',
  heapMb: MOST_MB,
  hasInput: true,
  answerOf(reply) {
    if ('refused' in reply) throw worldError(`${subject(reply.which)} ${reply.refused}`);
    return reply;
  },
};

/**
 * Decodes in a child process of its own for each question, with an empty environment, 5 s (more for more than two heaps) and 256 MiB: heaps
 * are taken a few times an hour, and a child that decoded one service's bytes must not see another's.
 */
export function makeHeapReader({ entry, answerMs = 5_000, onStart }: HeapReaderOptions): HeapReader & HeapsReader {
  async function ask(asked: HeapRequest, bytes: readonly Uint8Array[], ms: number, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    const child = startChild<HeapRequest, HeapReply, Answer>(entry, DECODING);
    onStart?.(child.pid);
    const tooLong = new AbortController();
    const timer = setTimeout(() => tooLong.abort(worldError(`the heap was not decoded in ${ms} ms`)), ms);
    const limit = AbortSignal.any([signal, tooLong.signal]);
    try {
      const [answer] = await Promise.all([child.ask(asked, limit), feed(bytes, child.input, tooLong, limit)]);
      return answer;
    } finally {
      clearTimeout(timer);
      await child.kill();
    }
  }

  return {
    async read({ now, base, ...asked }, signal) {
      const bytes = base ? [now, base] : [now];
      const answer = await ask({ id: 1, ...asked, growthsOf: bytes.map(({ length }) => length) }, bytes, answerMs, signal);
      if (!('growths' in answer)) throw new Error('the decoding child answered another question');
      return answer.growths;
    },
    async course({ heaps, ...asked }, signal) {
      const ms = answerMs * Math.max(1, heaps.length / 2);
      const answer = await ask({ id: 1, ...asked, courseOf: heaps.map(({ length }) => length) }, heaps, ms, signal);
      if (!('stacks' in answer)) throw new Error('the decoding child answered another question');
      return answer;
    },
  };
}

function subject(which: Which): string {
  if (which === 'now') return 'the heap';
  if (which === 'base') return 'the earlier heap';
  return which.of === 1 ? 'the heap' : `heap ${which.number} of ${which.of}`;
}
