import type { Checkpoint, Claim, Claims, Delivery, OutboxDrain, Step } from '../src/model/delivery.js';
import { needsChart, needsPost, PENDING_AT_ONCE } from '../src/model/delivery.js';
import type { OutboxEntry } from '../src/model/message.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { JobContext, Processor } from './context.js';

export type DeliverPorts = {
  readonly outbox: OutboxDrain;
  readonly claims: Claims;
  readonly delivery: Delivery;
  readonly enqueue: Enqueue;
  /** Crash tests only. */
  readonly checkpoint?: Checkpoint;
};

/**
 * How soon a channel that waits for something is looked at again: no wait is slept through, and none is so long that a new
 * message, whose own `deliver` job collapses into the delayed one, would wait with it.
 */
const AGAIN_MS = { least: 20, most: 2_000 };

/** Drains one channel in order. Whatever has to wait, waits in the queue: the job ends and comes back. */
export function makeDeliver(ports: DeliverPorts): Processor<'deliver'> {
  const { outbox, claims, enqueue } = ports;
  const breaks = new Map<string, number>();
  return async ({ channel }, context) => {
    const again = (ms: number) =>
      enqueue(
        'deliver',
        { v: 1, channel },
        { collapse: channel, delayMs: Math.min(Math.max(ms, AGAIN_MS.least), AGAIN_MS.most) },
      );
    const claim = await claims.take(channel);
    if ('freeInMs' in claim) return again(claim.freeInMs);
    let restMs: number | null;
    try {
      restMs = await drain(ports, claim, inOrder(await outbox.pending(channel), breaks), context, breaks);
    } finally {
      await claim.release();
    }
    if (restMs !== null) await again(restMs);
  };
}

/** Takes each entry one step on. Gives the shortest wait there is, null when nothing waits. */
async function drain(
  ports: DeliverPorts,
  claim: Claim,
  entries: readonly OutboxEntry[],
  context: JobContext,
  breaks: Map<string, number>,
): Promise<number | null> {
  let restMs: number | null = null;
  let postsHeld = false;
  for (const entry of entries) {
    if (context.signal.aborted) return 0;
    if (needsChart(entry)) await askForChart(ports.enqueue, entry);
    if (postsHeld && needsPost(entry)) continue;
    const step = await oneStep(ports, entry, claim, context, breaks);
    if (step.kind === 'done') continue;
    if (step.kind === 'moved') {
      await deliverSoon(ports.enqueue, step.channel);
      continue;
    }
    restMs = Math.min(restMs ?? Number.POSITIVE_INFINITY, step.ms);
    if (step.holds === 'channel') return restMs;
    if (step.holds === 'posts') postsHeld = true;
  }
  return restMs ?? (entries.length < PENDING_AT_ONCE ? null : 0);
}

/** A message that broke off so often may be a bug of ours rather than Redis: it goes last from then on, and holds up nobody. */
const BREAKS_OF_A_BUG = 3;
/** Forgetting whose bug it was costs three more tries. */
const MAX_BROKEN = 1_000;

function inOrder(entries: readonly OutboxEntry[], breaks: ReadonlyMap<string, number>): OutboxEntry[] {
  const last = ({ key }: OutboxEntry) => Number((breaks.get(key) ?? 0) >= BREAKS_OF_A_BUG);
  return entries.toSorted((a, b) => last(a) - last(b));
}

/** What breaks on one message is logged and tried again; the posts behind it wait with it, in order, while Redis is at fault. */
async function oneStep(
  ports: DeliverPorts,
  entry: OutboxEntry,
  claim: Claim,
  context: JobContext,
  breaks: Map<string, number>,
): Promise<Step> {
  try {
    const step = await ports.delivery.step(entry, claim, ports.checkpoint ?? (() => {}));
    if (step.kind === 'done') breaks.delete(entry.key);
    return step;
  } catch (error) {
    context.log.error({ err: error, outboxKey: entry.key, channel: claim.channel }, 'delivery of a message broke off');
    const count = (breaks.get(entry.key) ?? 0) + 1;
    // One that expired never got done: what is not reached any more must not pile up here.
    if (breaks.size >= MAX_BROKEN && count === 1) breaks.clear();
    breaks.set(entry.key, count);
    const holds = needsPost(entry) && count <= BREAKS_OF_A_BUG ? 'posts' : 'entry';
    return { kind: 'wait', ms: AGAIN_MS.most, holds, why: 'broke off' };
  }
}

/** Asked for before the post, not after the receipt: a crash in between would leave a message without its picture for ever. */
async function askForChart(enqueue: Enqueue, entry: OutboxEntry): Promise<void> {
  const version = entry.chartVersion ?? entry.version;
  await enqueue('chart', { v: 1, outboxKey: entry.key, version }, { once: `${entry.key}:${version}` });
}

/** Called every minute by a worker: a `deliver` job that was lost strands nothing. Gives the channels that wait. */
export async function sweepOutbox(outbox: Pick<OutboxDrain, 'pendingChannels'>, enqueue: Enqueue): Promise<number> {
  const channels = await outbox.pendingChannels();
  await Promise.all(channels.map((channel) => deliverSoon(enqueue, channel)));
  return channels.length;
}
