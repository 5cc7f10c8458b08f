import { type Incident, type Incidents, isSamePlace, rootKeyOf, threadOf } from '../src/model/incident.js';
import type { Outbox, Permalink, Target } from '../src/model/message.js';
import type { InHand } from '../src/render/in-hand.js';

export type InHandPorts = {
  readonly incidents: Pick<Incidents, 'watched' | 'incident'>;
  readonly outbox: Pick<Outbox, 'get'>;
  readonly permalink: Permalink;
};

/** The open incident of a service, as an answer given somewhere else tells of it; null: none. `isHere`: the answer is in its thread. */
export async function inHandOf(
  serviceId: string,
  target: Target,
  ports: InHandPorts,
): Promise<{ readonly inHand: InHand; readonly isHere: boolean } | null> {
  const incident = await openOf(serviceId, ports);
  if (!incident) return null;
  const thread = threadOf(incident, await ports.outbox.get(rootKeyOf(incident)));
  const { channel, threadTs } = target;
  const isHere = thread !== null && threadTs !== undefined && isSamePlace(thread, { channel, threadTs });
  const link = thread && !isHere ? await ports.permalink(thread.channel, thread.threadTs) : null;
  const { openedMs, acknowledged, snoozed } = incident;
  const hands = { ...(acknowledged ? { acknowledged } : {}), ...(snoozed ? { snoozed } : {}) };
  return { inHand: { openedMs, ...hands, ...(link ? { link } : {}) }, isHere };
}

async function openOf(serviceId: string, { incidents }: InHandPorts): Promise<Incident | null> {
  const { incidentId } = (await incidents.watched(serviceId)).value;
  const found = incidentId ? await incidents.incident(incidentId) : null;
  return found && !found.value.closed ? found.value : null;
}
