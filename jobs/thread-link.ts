import { type Incident, rootKeyOf, threadOf } from '../src/model/incident.js';
import type { Outbox, Permalink } from '../src/model/message.js';

export type ThreadLinkPorts = { readonly outbox: Pick<Outbox, 'get'>; readonly permalink: Permalink };

/** The address of the thread of an incident, or of its storm's; null: it is not posted yet, or Slack does not say. */
export async function threadLink(incident: Incident, { outbox, permalink }: ThreadLinkPorts): Promise<string | null> {
  const root = incident.place.threadTs ? null : await outbox.get(rootKeyOf(incident));
  const thread = threadOf(incident, root);
  return thread && permalink(thread.channel, thread.threadTs);
}
