import { createHash } from 'node:crypto';
import { speedscopeFile } from '../src/analysis/speedscope.js';
import { withDeadline, worldError } from '../src/errors.js';
import type { Document, Uploader } from '../src/model/delivery.js';
import type { HeapFinding, Heaps, TakenHeap } from '../src/model/heap-taking.js';
import type { Outbox, OutboxEntry, Target } from '../src/model/message.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { flameMessage } from '../src/render/flame.js';
import type { JobContext, Processor } from './context.js';

export type FlamePorts = {
  readonly heaps: Pick<Heaps, 'finding' | 'flame' | 'keepFlame'>;
  readonly uploader: Pick<Uploader, 'uploadText'>;
  readonly outbox: Pick<Outbox, 'say' | 'get'>;
  readonly enqueue: Enqueue;
};

type Found = Exclude<HeapFinding, { readonly problem: string }>;

/** Three calls and Slack's scan of the file (15 s at most). */
const UPLOAD_DEADLINE_MS = 45_000;

/**
 * The stacks that grew between two heaps as a file for speedscope, in the thread of what was said of them (an answer in a channel begins
 * one). Uploaded once for each comparison, whoever asks for it; said once in each thread.
 */
export function makeFlame({ heaps, uploader, outbox, enqueue }: FlamePorts): Processor<'flame'> {
  return async ({ findingKey, saidKey }, context) => {
    const finding = await heaps.finding(findingKey);
    if (!finding || !('course' in finding) || !finding.stacks) return;
    const [first, last] = [finding.heaps[0], finding.heaps.at(-1)];
    const target = targetOf(await outbox.get(saidKey));
    if (!target || !first || !last || first === last) return;
    const comparison = `${first.id} ${last.id} ${last.profile}`;
    const key = `flame-${createHash('sha256').update(`${comparison} ${target.channel} ${target.threadTs}`).digest('hex').slice(0, 32)}`;
    if (!(await outbox.get(key))) {
      const document = documentOf(finding, last);
      const permalink = document && ((await heaps.flame(comparison)) ?? (await upload(document, context)));
      if (!document || !permalink) return;
      await heaps.keepFlame(comparison, permalink);
      await outbox.say(key, target, flameMessage(document.filename, permalink));
    }
    await deliverSoon(enqueue, target);
  };

  /** Null: Slack does not take it, which the evidence can do without. */
  async function upload(document: Document, { signal, log }: JobContext): Promise<string | null> {
    const uploaded = await withDeadline(UPLOAD_DEADLINE_MS, 'The flame graph', (deadline) =>
      uploader.uploadText(document, AbortSignal.any([signal, deadline])),
    );
    if ('permalink' in uploaded) return uploaded.permalink;
    log.error({ refused: uploaded.refused }, 'Slack refused a flame graph');
    return null;
  }
}

/** The thread of a message. Null: one person alone sees it, or it never came to be; there is no thread then. */
function targetOf(said: OutboxEntry | null): (Target & { readonly threadTs: string }) | null {
  if (said?.target.kind === 'person' || said?.state === 'failed' || said?.via === 'reply') return null;
  if (!said?.ts) throw worldError('what a flame graph belongs to is not said yet');
  return { kind: 'channel', channel: said.postedChannel ?? said.target.channel, threadTs: said.target.threadTs ?? said.ts };
}

/** Null: nothing grew that has a name. */
function documentOf({ stacks }: Found, { service, number }: TakenHeap): Document | null {
  const name = `${service} #${number}`;
  // Addresses without symbols are boxes that all have the program's name.
  const isNamed = stacks?.frames.some(({ function: called }) => !/^(?:\[.*\]|<unknown>)$/.test(called)) ?? false;
  const text = stacks && isNamed ? speedscopeFile(stacks, name) : null;
  const filename = `${service.replace(/[^\w.-]+/g, '-').slice(0, 80)}-${number}.speedscope.json`;
  return text === null ? null : { filename, title: `${name}: what grew`, text, type: 'application/json' };
}
