import { personError } from '../src/errors.js';
import type { Outbox, SlackMessage } from '../src/model/message.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { Processor } from './context.js';

export type SharePorts = { readonly outbox: Outbox; readonly enqueue: Enqueue };

/** The button under what a person was told alone. */
const SHARE_ACTION = 'share';

/** Says to a channel what a person was told alone: the same message without the button, with its chart. */
export function makeShare({ outbox, enqueue }: SharePorts): Processor<'share'> {
  return async ({ fromKey, outboxKey, target }) => {
    const from = await outbox.get(fromKey);
    if (!from) throw personError('That answer is too old to be shared. Ask again.');
    const shared = await outbox.say(outboxKey, target, withoutShare(from.message), from.chart);
    const drawn = from.chartFileId && from.chartDrawn === from.chartVersion;
    if (drawn && from.chartFileId) await outbox.attachChart(outboxKey, shared.version, from.chartFileId);
    await deliverSoon(enqueue, target);
  };
}

export function withoutShare(message: SlackMessage): SlackMessage {
  const blocks = message.blocks.flatMap((block) => {
    if (block.type !== 'actions' || !Array.isArray(block.elements)) return [block];
    const elements = (block.elements as { action_id?: unknown }[]).filter((element) => element.action_id !== SHARE_ACTION);
    return elements.length > 0 ? [{ ...block, elements }] : [];
  });
  return { ...message, blocks };
}
