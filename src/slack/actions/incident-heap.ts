import { plainMessage } from '../../render/plain-message.js';
import { escapeText } from '../../render/text.js';
import { aloneTarget, incidentOf } from '../act.js';
import { type Ask, answerKey, execOf, type Reply, type SlackContext } from '../ask.js';

/** *Take heap* under an incident: what grew comes into its thread; that there is none, to the one who asked. */
export async function incidentHeap(incidentId: string, ask: Ask, context: SlackContext): Promise<Reply> {
  const { service } = await incidentOf(incidentId, context);
  const target = await aloneTarget(ask, context.replies);
  const may = await execOf(ask, context);
  const wish = { serviceId: service.id, profile: 'heap', since: { kind: 'usual' }, why: 'asked', incidentId, ...may } as const;
  await context.enqueue('heap', { v: 1, ...wish, outboxKey: answerKey(ask), target, askedAtMs: ask.atMs }, { once: ask.once });
  return { to: 'ack', message: plainMessage(`Taking a heap of ${escapeText(service.name, 80)}…`) };
}
