import { personError } from '../../errors.js';
import { plainMessage } from '../../render/plain-message.js';
import { type Ask, answerKey, type Reply, type SlackContext, targetOf } from '../ask.js';

/** Shows the channel what a person was told alone. The value names the answer; only the one who got it may share it. */
export async function share(value: string, ask: Ask, { outbox, enqueue, replies }: SlackContext): Promise<Reply> {
  const entry = await outbox.get(value);
  if (!entry) throw personError('That answer is too old to share. Ask again with `/leak check`.');
  if (entry.target.kind !== 'person' || entry.target.user !== ask.user)
    throw personError('Only the person who asked can share this answer.');
  const target = await targetOf(
    { ...ask, ...(entry.target.threadTs ? { threadTs: entry.target.threadTs } : {}) },
    false,
    replies,
  );
  // One share an answer, however often the button is pressed.
  const once = `share-${value}`;
  await enqueue('share', { v: 1, fromKey: value, outboxKey: answerKey({ ...ask, once }), target }, { once });
  return { to: 'ack', message: plainMessage('Shared with the channel.') };
}
