import type { Payload } from '../../queue/catalogue.js';
import { plainMessage } from '../../render/plain-message.js';
import { enqueueAct } from '../act.js';
import type { Ask, Reply, SlackContext } from '../ask.js';
import { snoozeUntil } from '../snooze.js';

type Handler = (incidentId: string, ask: Ask, context: SlackContext) => Promise<Reply>;

/** The buttons of a root: each is one act, whose effect is seen in the root and its thread. */
export const acknowledge: Handler = (id, ask, context) => begin(id, { kind: 'acknowledge' }, ask, context);
export const resolve: Handler = (id, ask, context) => begin(id, { kind: 'resolve' }, ask, context);
export const reopen: Handler = (id, ask, context) => begin(id, { kind: 'reopen' }, ask, context);
/** Out of the message of a storm, into one of its own. */
export const split: Handler = (id, ask, context) => begin(id, { kind: 'split' }, ask, context);

/** A choice of the menu: `<incident id> 1h`. */
export async function snooze(value: string, ask: Ask, context: SlackContext): Promise<Reply> {
  const [id = '', word] = value.split(' ');
  return begin(id, { kind: 'snooze', untilMs: snoozeUntil(word, ask.atMs) }, ask, context);
}

async function begin(id: string, act: Payload<'act'>['act'], ask: Ask, context: SlackContext): Promise<Reply> {
  await enqueueAct(id, act, ask, context);
  return { to: 'ack', message: plainMessage('Begun.') };
}
