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
  const { channel } = entry.target;
  const { fallbackChannel: to, drain, claim, log } = context;
  if (!to || to === channel || entry.meantFor || !isRoot(entry)) return giveUp(context, entry, error);
  log.error(
    { outboxKey: entry.key, channel, to, error },
    'a message goes to LEAKWATCH_CHANNEL: its own channel does not take it',
  );
  return (await drain.redirect(entry.key, claim, to, error)) ? { kind: 'moved', channel: to } : DONE;
}

/** A root that we may edit no more (the app was installed anew) is said once more where it is, and edited from then on (reliability S20). */
export async function anew(context: StepContext, entry: OutboxEntry, error: string): Promise<Step> {
  const { channel } = entry.target;
  if (!isRoot(entry)) return giveUp(context, entry, error);
  context.log.error(
    { outboxKey: entry.key, channel, error },
    'a message is said anew: the one before it cannot be edited any more',
  );
  return (await context.drain.redirect(entry.key, context.claim, channel, error)) ? { kind: 'moved', channel } : DONE;
}

/** Nobody asked for it, and it stands in the channel itself. */
function isRoot(entry: OutboxEntry): boolean {
  const { user, replyId, threadTs } = entry.target;
  return user === undefined && replyId === undefined && !threadTs && routeOf(entry) === 'web';
}
