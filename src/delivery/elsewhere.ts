import { routeOf, type Step } from '../model/delivery.js';
import type { OutboxEntry } from '../model/message.js';
import { DONE, type StepContext } from './context.js';
import { giveUp } from './refusal.js';

/**
 * What nobody asked for must reach somebody: a root whose own channel does not take it (a name with a slip in it, a channel that was
 * archived, one that nobody invited us to) goes to `LEAKWATCH_CHANNEL` once, with whose it was and why (reliability S09). Its thread follows it,
 * since that is where its root is.
 */
export async function elsewhere(context: StepContext, entry: OutboxEntry, error: string): Promise<Step> {
  const { channel, user, replyId, threadTs } = entry.target;
  const { fallbackChannel: to, drain, claim, log } = context;
  const isAsked = user !== undefined || replyId !== undefined;
  if (!to || to === channel || isAsked || threadTs || entry.meantFor || routeOf(entry) !== 'web')
    return giveUp(context, entry, error);
  log.error(
    { outboxKey: entry.key, channel, to, error },
    'a message goes to LEAKWATCH_CHANNEL: its own channel does not take it',
  );
  return (await drain.redirect(entry.key, claim, to, error)) ? { kind: 'moved', channel: to } : DONE;
}
