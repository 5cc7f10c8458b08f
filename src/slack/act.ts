import { personError } from '../errors.js';
import type { Act, Incident } from '../model/incident.js';
import type { Target } from '../model/message.js';
import { type Ask, answerKey, type SlackContext } from './ask.js';

/** The job that does it: once however often the request is delivered. What it changes is seen in the incident's root and thread. */
export async function enqueueAct(incidentId: string, act: Act, ask: Ask, { enqueue, replies }: SlackContext): Promise<void> {
  const once = `${ask.once}-${incidentId}`;
  const outboxKey = answerKey({ ...ask, once });
  const target = await aloneTarget(ask, replies);
  await enqueue('act', { v: 1, incidentId, act, by: ask.user, atMs: ask.atMs, outboxKey, target }, { once });
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
