import { createHash } from 'node:crypto';
import type { Lives } from '../src/incidents/runs.js';
import type { Incident } from '../src/model/incident.js';
import type { Replica } from '../src/model/replica.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { LookPorts } from './look.js';

/** The same for the same service and moment: what began twice is one. */
export function incidentIdOf(serviceId: string, atMs: number): string {
  return `i-${createHash('sha256').update(`${serviceId} ${atMs}`).digest('hex').slice(0, 16)}`;
}

/** With the name that people know a replica by. */
export async function livesOf(replicas: readonly Replica[], { runs }: Pick<LookPorts, 'runs'>): Promise<Lives[]> {
  return Promise.all(replicas.map(async ({ key, containerName }) => ({ name: containerName, runs: await runs.read(key) })));
}

/**
 * Of a service whose heaps can be had, when its leak is said, whoever said it first: what grew is evidence, for its thread. A worker may
 * die before this, so the incident owes it until the next look has said it too: it is one job (`once`).
 */
export async function heapAtVerdict(
  { id, service }: Pick<Incident, 'id' | 'service'>,
  askedAtMs: number,
  enqueue: Enqueue,
): Promise<void> {
  const outboxKey = `verdict-${id}`;
  const wish = { profile: 'heap', since: { kind: 'usual' }, why: 'verdict' } as const;
  await enqueue('heap', { v: 1, serviceId: service.id, ...wish, incidentId: id, outboxKey, askedAtMs }, { once: outboxKey });
}
