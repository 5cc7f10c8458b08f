import { assessService } from '../src/analysis/assess-service.js';
import { forgotten } from '../src/incidents/act.js';
import { offWatch } from '../src/incidents/off-watch.js';
import type { Incident, Incidents, Versioned, Watched } from '../src/model/incident.js';
import type { Outbox } from '../src/model/message.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { chartOfRoot } from './incident-chart.js';
import { withWords } from './incident-words.js';

type Ports = { readonly incidents: Pick<Incidents, 'commit'>; readonly outbox: Pick<Outbox, 'get'>; readonly enqueue: Enqueue };

/** The service of an open incident is not watched any more, or ignored: `incidents/off-watch.ts` says what that means. */
export async function closeOffWatch(
  open: Versioned<Incident>,
  watched: Versioned<Watched>,
  nextMs: number,
  nowMs: number,
  ports: Ports,
): Promise<void> {
  const { service } = open.value;
  const { incident, news } = offWatch(open.value, watched.value.unwatched?.by, nowMs);
  // Nobody looks at it: the picture of how it grew stays, and its root says how it ended and nothing of how it is.
  const chart = await chartOfRoot(open.value, ports.outbox);
  const value = withWords(incident, news, { assessment: assessService(service, [], []), chart, nowMs });
  const kept = await ports.incidents.commit({
    serviceId: service.id,
    watched: { ...watched, value: { ...watched.value, state: forgotten(watched.value.state) } },
    nextMs,
    incident: { version: open.version, value },
  });
  if (kept) await ports.enqueue('tell', { v: 1, incidentId: incident.id }, { collapse: incident.id });
}
