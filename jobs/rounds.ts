import type { Incident, Incidents, Rounds } from '../src/model/incident.js';
import type { Inventory } from '../src/model/replica.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { Processor } from './context.js';
import { type DueDigestPorts, dueDigest } from './digest.js';

const DAY_MS = 24 * 3_600_000;
/** Fast enough for the heap before a kill: each half minute, since rounds come all five seconds. */
const HEAP_ROUNDS_MS = 28_000;

export type RoundsPorts = DueDigestPorts & {
  readonly inventory: Pick<Inventory, 'all'>;
  readonly rounds: Pick<Rounds, 'due' | 'turn'>;
  readonly incidents: Pick<Incidents, 'unsaid' | 'open'>;
  /** Those that are not in the archive as they are; none where there is no archive. */
  readonly unfrozen: () => Promise<readonly Incident[]>;
  /** Incidents that the pagers are to be told of; absent: there is no pager. */
  readonly pagesDue?: (nowMs: number) => Promise<readonly string[]>;
  /** Whether incidents are to be marked in graphs; absent: nobody does. */
  readonly marksDue?: (nowMs: number) => Promise<boolean>;
  readonly enqueue: Enqueue;
};

/**
 * Every few seconds: each service whose time has come is looked at, by any worker, once at a time. What an incident could not hand
 * over yet (a worker died, its root was not posted) is tried again. What is not in the archive is put there: tried as often as its
 * job is, and when that did not help, once a day. Pagers are told. Once a day, from its hour on, the digest.
 */
export function makeRounds({
  inventory,
  rounds,
  incidents,
  unfrozen,
  pagesDue,
  marksDue,
  enqueue,
  ...digest
}: RoundsPorts): Processor<'rounds'> {
  return async (_payload, { nowMs }) => {
    const [replicas, open] = await Promise.all([inventory.all(), incidents.open()]);
    // Of what is gone the incident is still there.
    const services = new Set([...replicas, ...open].map(({ service }) => service.id));
    const due = await rounds.due([...services], nowMs());
    await Promise.all(due.map((serviceId) => enqueue('watch', { v: 1, serviceId }, { collapse: serviceId })));
    const unsaid = await incidents.unsaid();
    await Promise.all(unsaid.map((incidentId) => enqueue('tell', { v: 1, incidentId }, { collapse: incidentId })));
    // Not by a number of the clock's: set back, it would come to numbers that were done.
    if (await rounds.turn('heap-rounds', HEAP_ROUNDS_MS)) await enqueue('heap-rounds', { v: 1 }, { collapse: 'heap-rounds' });
    for (const incidentId of (await pagesDue?.(nowMs())) ?? [])
      await enqueue('page', { v: 1, incidentId }, { collapse: incidentId });
    if (await marksDue?.(nowMs())) await enqueue('annotate', { v: 1 }, { collapse: 'annotate' });
    if (await dueDigest(digest, nowMs())) await enqueue('digest', { v: 1 }, { collapse: 'digest' });
    for (const { id, frozen, closed } of await unfrozen()) {
      const state = `${frozen ? 'again' : 'new'} ${closed?.atMs ?? 'open'} ${Math.floor(nowMs() / DAY_MS)}`;
      await enqueue('freeze', { v: 1, incidentId: id }, { once: `${id} ${state}` });
    }
  };
}
