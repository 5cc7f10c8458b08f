import { routeOf, type Step } from '../model/delivery.js';
import type { OutboxEntry } from '../model/message.js';
import { DONE, type StepContext, wait } from './context.js';
import { anew, elsewhere } from './elsewhere.js';
import type { Failure } from './errors.js';
import { firstPost } from './first-post.js';
import { backoff } from './limits.js';
import { giveUp, refusedContent, tokenRefused } from './refusal.js';
import { sendReply } from './send.js';
import { update } from './update.js';

/** All edits rest together while Slack is ill, so that its tries are nobody's own and are not counted. */
const EDIT_TRY = 3;

/** Budget, claim, request, receipt. No intent: the same edit twice is one edit. The newest content is read just before. */
export async function edit(context: StepContext, listed: OutboxEntry, ts: string): Promise<Step> {
  const { budget, claim, drain, client } = context;
  const restMs = await budget.mayUpdate();
  if (restMs > 0) return wait(restMs, 'entry', 'update budget');
  if (!(await claim.renew())) return wait(0, 'channel', 'claim lost');
  const entry = await drain.get(listed.key);
  if (entry?.state !== 'pending') return DONE;
  const updated = await update(client, entry, ts);
  if (!updated.ok) return failed(context, entry, updated.failure);
  await drain.receipt(entry.key, { version: entry.version, via: 'web' });
  return DONE;
}

async function failed(context: StepContext, entry: OutboxEntry, failure: Failure): Promise<Step> {
  const { budget, drain, limits, log } = context;
  log.warn({ outboxKey: entry.key, failure }, 'update failed');
  switch (failure.kind) {
    case 'limited':
      await budget.pause('updates', failure.retryAfterMs);
      return wait(failure.retryAfterMs, 'entry', failure.error);
    case 'refused': {
      // Of this one alone: the edits behind it, in this channel and in others, do not wait for what Slack has against it.
      const tries = entry.tries + 1;
      if (tries >= limits.refusals) return giveUp(context, entry, failure.error);
      await drain.note(entry.key, { tries });
      return wait(backoff(limits, tries, context.random()), 'entry', failure.error);
    }
    case 'unknown':
    case 'not-sent': {
      const restMs = backoff(limits, EDIT_TRY, context.random());
      await budget.pause('updates', restMs);
      return wait(restMs, 'entry', failure.error);
    }
    case 'token':
      return tokenRefused(context, entry, failure.error);
    case 'content':
      return refusedContent(context, entry, failure.error);
    case 'absent':
      return elsewhere(context, entry, failure.error);
    case 'permanent':
      if (failure.error === 'is_archived') return elsewhere(context, entry, failure.error);
      if (failure.error === 'cant_update_message') return anew(context, entry, failure.error);
      if (failure.error !== 'message_not_found') return giveUp(context, entry, failure.error);
      // a person deleted it: they do not want it, so it is not said again, nor is anybody told
      await drain.fail(entry.key, entry.version, 'deleted in Slack (message_not_found)');
      return DONE;
  }
}

/**
 * A later version of what went through a response URL takes its place where it can (a click's), and is a message of its own
 * where it cannot: then only what is new is said. So is it with an ephemeral. The newest version is what goes out.
 */
export async function editReply(context: StepContext, listed: OutboxEntry): Promise<Step> {
  const { claim, drain, limits } = context;
  const restMs = (listed.sentAtMs ?? 0) + limits.replyEditMs - (await drain.nowMs());
  if (restMs > 0) return wait(restMs, 'entry', 'spacing of edits through a response URL');
  if (routeOf(listed) === 'ephemeral') return firstPost(context, listed);
  if (!(await claim.renew())) return wait(0, 'channel', 'claim lost');
  const entry = await drain.get(listed.key);
  if (entry?.state !== 'pending') return DONE;
  const said = await sendReply(context, claim, entry, true);
  if (said.ok) {
    await drain.receipt(entry.key, { version: entry.version, via: 'reply' });
    return DONE;
  }
  const { failure } = said;
  context.log.warn({ outboxKey: entry.key, failure }, 'edit through a response URL failed');
  if (failure.kind === 'content') return refusedContent(context, entry, failure.error);
  if (failure.kind !== 'permanent') return wait(limits.replyEditMs, 'entry', failure.error);
  if (entry.target.kind === 'channel') return giveUp(context, { ...entry, told: true }, failure.error);
  await drain.note(entry.key, { via: 'ephemeral' });
  return wait(0, 'entry', failure.error);
}
