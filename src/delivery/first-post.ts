import { routeOf, type Step } from '../model/delivery.js';
import type { OutboxEntry } from '../model/message.js';
import { DONE, type StepContext, wait } from './context.js';
import { elsewhere } from './elsewhere.js';
import { attempt, type Failure } from './errors.js';
import { backoff } from './limits.js';
import type { Posted } from './post.js';
import { giveUp, refusedContent, tokenRefused } from './refusal.js';
import { send } from './send.js';

/** Slot, claim, intent, request, receipt. The intent is stored before the request, so that a crash leaves a question to ask. */
export async function firstPost(context: StepContext, listed: OutboxEntry): Promise<Step> {
  const { budget, claim, drain, checkpoint, client } = context;
  if (routeOf(listed) !== 'reply') {
    const restMs = await budget.mayPost(listed.target.channel);
    if (restMs > 0) return wait(restMs, 'posts', 'spacing');
  }
  if (!(await claim.renew())) return wait(0, 'channel', 'claim lost');
  const entry = await drain.intend(listed.key, claim);
  if (!entry) return wait(0, 'entry', 'no longer ours to send');
  await checkpoint('before-post');
  const sent = await send(context, client, claim, entry);
  await checkpoint('after-post');
  if (!sent.ok) return failed(context, entry, sent.failure);
  const kept = await drain.receipt(entry.key, { version: entry.version, via: routeOf(entry), ...sent.value });
  await checkpoint('after-receipt');
  return kept === 'a copy' ? takeBack(context, entry, sent.value) : DONE;
}

/**
 * A process that is stopped for long between its last look at the clock and the write to the socket posts when somebody else has
 * posted in its place: no check of ours can come later. Whoever stores its receipt second sees that, and deletes its own copy.
 */
async function takeBack({ reader, log }: StepContext, entry: OutboxEntry, { ts, channel }: Posted): Promise<Step> {
  const deleted = await attempt(() => reader.apiCall('chat.delete', { channel, ts }));
  log.warn({ outboxKey: entry.key, channel, ts, deleted }, 'posted twice; the second copy is deleted');
  return wait(0, 'entry', 'a copy too many');
}

async function failed(context: StepContext, entry: OutboxEntry, failure: Failure): Promise<Step> {
  const { drain, claim, limits, log } = context;
  const { channel } = entry.target;
  log.warn({ outboxKey: entry.key, channel, tries: entry.tries, failure }, 'post failed');
  const restMs = backoff(limits, entry.tries, context.random());
  switch (failure.kind) {
    case 'unknown':
      return rest(context, entry, restMs, failure.error);
    case 'limited':
      return again(context, entry, failure.retryAfterMs, failure.error);
    case 'not-sent':
      return again(context, entry, restMs, failure.error);
    case 'refused':
      return entry.tries < limits.refusals
        ? again(context, entry, restMs, failure.error)
        : elsewhere(context, entry, failure.error);
    case 'token':
      await drain.unsent(entry.key, claim);
      return tokenRefused(context, entry, failure.error);
    case 'content':
      return refusedContent(context, entry, failure.error);
    case 'absent':
      return notThere(context, entry, failure.error);
    case 'permanent':
      return routeOf(entry) === 'reply' ? noReply(context, entry, failure.error) : elsewhere(context, entry, failure.error);
  }
}

async function again(context: StepContext, entry: OutboxEntry, restMs: number, why: string): Promise<Step> {
  await context.drain.unsent(entry.key, context.claim);
  return rest(context, entry, restMs, why);
}

/** The channel's posts rest with it, because their order is kept; a response URL has nothing to do with them. */
async function rest(context: StepContext, entry: OutboxEntry, restMs: number, why: string): Promise<Step> {
  if (routeOf(entry) === 'reply') return wait(restMs, 'entry', why);
  await context.budget.pause({ posts: entry.target.channel }, restMs);
  return wait(restMs, 'posts', why);
}

/** Where the bot is not a member the card goes through the response URL of the one who asked. */
async function notThere(context: StepContext, entry: OutboxEntry, error: string): Promise<Step> {
  const { kind, replyId } = entry.target;
  if (kind !== 'channel' || !replyId || routeOf(entry) !== 'web') return elsewhere(context, entry, error);
  await context.drain.note(entry.key, { via: 'reply' });
  await context.drain.unsent(entry.key, context.claim);
  return wait(0, 'entry', error);
}

/** The response URL is used up: a person can still be shown it alone in the channel, a channel cannot. */
async function noReply(context: StepContext, entry: OutboxEntry, error: string): Promise<Step> {
  if (entry.target.kind !== 'person') return giveUp(context, entry, error);
  await context.drain.note(entry.key, { via: 'ephemeral' });
  await context.drain.unsent(entry.key, context.claim);
  return wait(0, 'entry', error);
}
