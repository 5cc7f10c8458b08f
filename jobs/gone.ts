import { assessService } from '../src/analysis/assess-service.js';
import { forgotten } from '../src/incidents/act.js';
import { missed } from '../src/incidents/gone.js';
import { type Hosts, withoutSamples } from '../src/model/host.js';
import type { Incident, Incidents, Versioned, Watched } from '../src/model/incident.js';
import type { Outbox } from '../src/model/message.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { chartOfRoot } from './incident-chart.js';
import { withWords } from './incident-words.js';

/** How often a service is looked for that is not there. */
const AGAIN_MS = 60_000;

type Ports = {
  readonly incidents: Pick<Incidents, 'commit'>;
  readonly hosts: Pick<Hosts, 'all'>;
  readonly outbox: Pick<Outbox, 'get'>;
  readonly enqueue: Enqueue;
};

/** One look at an open incident of a service of which no container is there (any more): `incidents/gone.ts` says what that means. */
export async function lookForGone(
  open: Versioned<Incident>,
  watched: Versioned<Watched>,
  nowMs: number,
  ports: Ports,
): Promise<void> {
  const silent = withoutSamples(await ports.hosts.all(), nowMs);
  const { service } = open.value;
  const { incident, news } = missed(
    open.value,
    silent.map(({ host }) => host),
    nowMs,
  );
  // Of what is not there nothing can be drawn: the picture of how it grew stays.
  const chart = news.length > 0 ? await chartOfRoot(open.value, ports.outbox) : undefined;
  const over = incident.closed !== undefined;
  const kept = await ports.incidents.commit({
    serviceId: service.id,
    watched: over ? { ...watched, value: { ...watched.value, state: forgotten(watched.value.state) } } : watched,
    nextMs: nowMs + AGAIN_MS,
    incident: {
      version: open.version,
      value: withWords(incident, news, { assessment: assessService(service, [], silent), chart, nowMs }),
    },
  });
  if (kept && news.length > 0) await ports.enqueue('tell', { v: 1, incidentId: incident.id }, { collapse: incident.id });
}
