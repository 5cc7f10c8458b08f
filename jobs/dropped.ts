import { createHash } from 'node:crypto';
import { worldError } from '../src/errors.js';
import {
  type DroppedFiles,
  type FileShare,
  isNamedHeap,
  mayBeHeap,
  type SlackFile,
  type SlackFiles,
} from '../src/model/dropped-file.js';
import type { Thread } from '../src/model/news.js';
import type { Payload } from '../src/queue/catalogue.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { JobContext, Processor } from './context.js';
import { type HeapThreadsPorts, isHeapThread } from './heap-threads.js';

export type DroppedPorts = HeapThreadsPorts & {
  readonly files: Pick<SlackFiles, 'about'>;
  readonly dropped: DroppedFiles;
  readonly enqueue: Enqueue;
};

/** Two files of one message are two events; they come together. Of one that comes later all are read again, and the answer changes. */
const TOGETHER_MS = 1_500;

/**
 * Files were shown in a channel. In a thread where heaps are talked about, or with a mention, they are read; anywhere else they are nobody's
 * business. Those of people from another workspace are read only when one of ours mentions us with them.
 */
export function makeDropped(ports: DroppedPorts): Processor<'dropped'> {
  return async (payload, context) => {
    const { channel, fileIds, mention } = payload;
    if (mention) {
      const { ts, threadTs, user, asked } = mention;
      return begin({ channel, ts, threadTs }, fileIds, asked === true, { user }, ports);
    }
    for (const fileId of fileIds) {
      const file = await ports.files.about(fileId, context.signal);
      if (!file) continue;
      if ('problem' in file) {
        context.log.warn({ channel, fileId, problem: file.problem }, 'a file was shown that cannot be looked at');
        continue;
      }
      const share = await ours(file, payload, context, ports);
      if (share) await begin(share, [fileId], false, isNamedHeap(file) ? {} : null, ports);
    }
  };
}

/** Where it was shown, if it is one for us. */
async function ours(
  file: SlackFile,
  { channel, homeTeam, isShared }: Payload<'dropped'>,
  { nowMs }: JobContext,
  ports: DroppedPorts,
): Promise<(Thread & FileShare) | null> {
  // Where others are, who is not known to be of ours is one of them.
  const isForeign = file.team === undefined ? isShared === true : file.team !== homeTeam;
  if (isForeign || !mayBeHeap(file)) return null;
  const [share] = file.shares.filter((one) => one.channel === channel).sort((a, b) => Number(b.ts) - Number(a.ts));
  if (!share) throw worldError('Slack has not said yet where a file was shown');
  const { ts, threadTs } = share;
  if (threadTs === undefined || !(await isHeapThread({ channel, threadTs }, nowMs(), ports))) return null;
  return { channel, ts, threadTs };
}

/** `waits`: who is told when it cannot be done at all; null: nobody. */
async function begin(
  { channel, ts, threadTs }: Thread & FileShare,
  fileIds: readonly string[],
  isAsked: boolean,
  waits: { readonly user?: string } | null,
  { dropped, enqueue }: DroppedPorts,
): Promise<void> {
  const all = await dropped.add({ channel, ts }, { fileIds, asked: isAsked });
  const asked = all.asked ? { asked: true as const } : {};
  const target = waits ? { target: { kind: 'channel' as const, channel, threadTs, ...waits } } : {};
  const outboxKey = `sent-${createHash('sha256').update(`${channel} ${ts}`).digest('hex').slice(0, 32)}`;
  const reading = { v: 1, channel, ts, threadTs, fileIds: all.fileIds, outboxKey, ...asked, ...target } as const;
  const once = `${channel} ${ts} ${all.fileIds.join(' ')} ${all.asked}`;
  await enqueue('read-files', reading, { once, delayMs: TOGETHER_MS });
}
