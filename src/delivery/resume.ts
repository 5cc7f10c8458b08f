import { routeOf, type Step } from '../model/delivery.js';
import type { OutboxEntry } from '../model/message.js';
import { DONE, type StepContext, wait } from './context.js';
import { firstPost } from './first-post.js';
import { backoff } from './limits.js';
import { find } from './reconcile.js';
import { tokenRefused } from './refusal.js';

/**
 * A post was begun and nobody stored how it ended: a timeout, a 5xx, a worker that died. In a channel the history is asked.
 *
 *   found ──▶ receipt (and an edit, when the content has changed since)
 *   not there ──▶ posted, once Slack has had time to store what it took
 *   history unreadable ──▶ 60 s of silence, then posted, marked as a possible repeat; others go first meanwhile
 *   put off (429) each time ──▶ asked for ten minutes, then the same
 */
export async function resume(context: StepContext, entry: OutboxEntry): Promise<Step> {
  if (routeOf(entry) !== 'web') return resumeUnseen(context, entry);
  const { budget, drain, limits, log } = context;
  const pausedMs = await budget.pausedMs(entry.target.channel);
  if (pausedMs > 0) return wait(pausedMs, 'posts', 'pause');
  const ageMs = async () => (await drain.nowMs()) - (entry.intentAtMs ?? 0);
  if (entry.unreadable) return unreadable(context, entry, await ageMs());

  const channel = await drain.channelId(entry.target.channel);
  const found = await find(context.reader, entry, channel, context.botId, () => context.claim.renew());
  log.info({ outboxKey: entry.key, found }, 'looked up a post of unknown outcome');
  switch (found.kind) {
    case 'found': {
      const { version, ts } = found;
      await drain.receipt(entry.key, { version, via: 'web', ts, channel: found.channel });
      await context.checkpoint('after-receipt');
      return version < entry.version ? wait(0, 'entry', 'changed since') : DONE;
    }
    case 'absent': {
      const restMs = limits.settleMs - (await ageMs());
      return restMs > 0 ? wait(restMs, 'posts', 'not in the history yet') : sendAgain(context, entry);
    }
    case 'unreadable':
      await drain.note(entry.key, { unreadable: true });
      return unreadable(context, entry, await ageMs());
    case 'failed': {
      if (found.failure.kind === 'token') return tokenRefused(context, entry, found.failure.error);
      const limited = found.failure.kind === 'limited';
      // Only then does Slack answer: while it is away, what was posted before is found when it is back.
      if (limited && (await ageMs()) >= limits.lookUpMs) return unreadable(context, entry, await ageMs());
      const restMs = limited ? found.failure.retryAfterMs : backoff(limits, entry.tries, context.random());
      await budget.pause({ posts: entry.target.channel }, restMs);
      return wait(restMs, 'posts', found.failure.error);
    }
  }
}

async function unreadable(context: StepContext, entry: OutboxEntry, ageMs: number): Promise<Step> {
  const restMs = context.limits.repeatAfterMs - ageMs;
  if (restMs > 0) return wait(restMs, 'entry', 'the history cannot be read');
  await context.drain.note(entry.key, { repeat: true });
  return sendAgain(context, entry);
}

async function sendAgain(context: StepContext, entry: OutboxEntry): Promise<Step> {
  if (!(await context.drain.unsent(entry.key, context.claim))) return wait(0, 'channel', 'claim lost');
  return firstPost(context, entry);
}

/**
 * Ephemerals and answers through a response URL are in no history. Silence to a person who waits is worse than a double that
 * only they see and that says what it is: it is said once more, marked, and after a second unknown outcome left at that.
 */
async function resumeUnseen(context: StepContext, entry: OutboxEntry): Promise<Step> {
  if (!entry.repeat) {
    await context.drain.note(entry.key, { repeat: true });
    return sendAgain(context, entry);
  }
  await context.drain.receipt(entry.key, { version: entry.intentVersion ?? entry.version, via: routeOf(entry) });
  return DONE;
}
