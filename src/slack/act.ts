import { personError } from '../errors.js';
import type { Incident } from '../model/incident.js';
import type { Target } from '../model/message.js';
import type { Payload } from '../queue/catalogue.js';
import { type Ask, answerKey, type SlackContext } from './ask.js';

/** The job that does it: once however often the request is delivered. What it changes is seen in the incident's root and thread. */
export async function enqueueAct(
  incidentId: string,
  act: Payload<'act'>['act'],
  ask: Ask,
  { enqueue, replies }: SlackContext,
): Promise<void> {
  const once = `${ask.once}-${incidentId}`;
  const outboxKey = answerKey({ ...ask, once });
  const target = await aloneTarget(ask, replies);
  await enqueue('act', { v: 1, incidentId, act, by: ask.user, atMs: ask.atMs, outboxKey, target }, { once });
}

/** From now on, what is found about a service goes to the thread that this was asked in. Throws a person's error outside of one. */
export async function enqueueCollect(serviceId: string, ask: Ask, { enqueue, replies }: SlackContext): Promise<void> {
  const { channel, threadTs, user, atMs } = ask;
  if (!threadTs) throw personError('Evidence is collected in a thread: `@leakwatch check` in one, and *Collect here*.');
  const once = `${ask.once}-collect`;
  const [outboxKey, target] = [answerKey({ ...ask, once }), await aloneTarget(ask, replies)];
  const place = { channel, threadTs };
  await enqueue('collect', { v: 1, serviceId, place, by: user, atMs, outboxKey, target }, { once });
}

/** Where a refusal goes: to the one who asked. It never takes the place of what was clicked on, which may be a root. */
export async function aloneTarget(ask: Ask, replies: SlackContext['replies']): Promise<Target> {
  const replyId = ask.responseUrl ? await replies.put({ url: ask.responseUrl, replaces: false }) : undefined;
  const { channel, user, threadTs } = ask;
  return { kind: 'person', channel, user, ...(threadTs ? { threadTs } : {}), ...(replyId ? { replyId } : {}) };
}

/** The incident that a button names. Throws a person's error when it is not kept any more. */
export async function incidentOf(id: string, { incidents }: SlackContext): Promise<Incident> {
  const found = await incidents.incident(id);
  if (!found) throw personError('That incident is too old: it is not kept any more.');
  return found.value;
}
