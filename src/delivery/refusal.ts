import type { Step } from '../model/delivery.js';
import type { OutboxEntry } from '../model/message.js';
import { DONE, type StepContext, wait } from './context.js';
import { tellFailure } from './tell.js';

/**
 * Slack will never take it: the one who asked is told, the message ends, `status` counts it. In this order: who dies in between
 * finds out once more that Slack refuses it, instead of leaving a person to wait.
 */
export async function giveUp(context: StepContext, entry: OutboxEntry, error: string): Promise<Step> {
  context.log.error({ outboxKey: entry.key, channel: entry.target.channel, error }, 'a message cannot be delivered');
  await tellFailure(context, entry, error);
  await context.drain.fail(entry.key, entry.version, error);
  return DONE;
}

/** Without the picture, then without the blocks, then not at all. Nothing of a refused message was shown. */
export async function refusedContent(context: StepContext, entry: OutboxEntry, error: string): Promise<Step> {
  const { drain, claim, log } = context;
  if (entry.plain) return giveUp(context, entry, error);
  log.error({ outboxKey: entry.key, error, picture: entry.chartFileId }, 'Slack does not take the content');
  if (entry.chartFileId) await drain.dropPicture(entry.key, entry.chartFileId);
  else await drain.note(entry.key, { plain: true });
  if (entry.state === 'intent') await drain.unsent(entry.key, claim);
  return wait(0, entry.ts ? 'entry' : 'posts', error);
}

/**
 * Slack refuses the token, for every message alike. They wait for whoever runs this to renew it: an alert that is late is
 * better than one that is thrown away. Nothing is sent meanwhile; the one who asked is told.
 */
export async function tokenRefused(context: StepContext, entry: OutboxEntry, error: string): Promise<Step> {
  const { budget, limits, log } = context;
  log.error({ error }, `Slack refuses SLACK_BOT_TOKEN (${error}): nothing is delivered until it is renewed`);
  await budget.pause('all', limits.tokenPauseMs);
  await tellFailure(context, entry, error === 'missing_scope' ? error : 'invalid_auth');
  return wait(limits.tokenPauseMs, 'channel', error);
}
