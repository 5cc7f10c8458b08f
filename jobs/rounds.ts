import type { Incidents, Rounds } from '../src/model/incident.js';
import type { Inventory } from '../src/model/replica.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { Processor } from './context.js';
import { type DueDigestPorts, dueDigest } from './digest.js';

export type RoundsPorts = DueDigestPorts & {
  readonly inventory: Pick<Inventory, 'all'>;
  readonly rounds: Pick<Rounds, 'due'>;
  readonly incidents: Pick<Incidents, 'unsaid'>;
  readonly enqueue: Enqueue;
};

/**
 * Every few seconds: each service whose time has come is looked at, by any worker, once at a time. What an incident could not hand
 * over yet (a worker died, its root was not posted) is tried again. Once a day, from its hour on, the digest.
 */
export function makeRounds({ inventory, rounds, incidents, enqueue, ...digest }: RoundsPorts): Processor<'rounds'> {
  return async (_payload, { nowMs }) => {
    const services = [...new Set((await inventory.all()).map(({ service }) => service.id))];
    const due = await rounds.due(services, nowMs());
    await Promise.all(due.map((serviceId) => enqueue('watch', { v: 1, serviceId }, { collapse: serviceId })));
    const unsaid = await incidents.unsaid();
    await Promise.all(unsaid.map((incidentId) => enqueue('tell', { v: 1, incidentId }, { collapse: incidentId })));
    if (await dueDigest(digest, nowMs())) await enqueue('digest', { v: 1 }, { collapse: 'digest' });
  };
}
