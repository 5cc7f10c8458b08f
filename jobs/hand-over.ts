import type { Incident, Incidents } from '../src/model/incident.js';
import type { Replica } from '../src/model/replica.js';
import type { HandedOver } from '../src/render/digest-handover.js';
import { type ThreadLinkPorts, threadLink } from './thread-link.js';

export type HandOverPorts = ThreadLinkPorts & {
  readonly incidents: Pick<Incidents, 'open' | 'since' | 'watched'>;
};

type Handed = { readonly handed: HandedOver; readonly replicas: readonly Replica[]; readonly isWatched: boolean };

/** What is open, and what closed since then; not of services that people took off the watch. */
export async function handOver(sinceMs: number, replicas: readonly Replica[], ports: HandOverPorts): Promise<Handed[]> {
  const [open, changed] = await Promise.all([ports.incidents.open(), ports.incidents.since(sinceMs)]);
  // What was opened since then is in both; of one that closes between the two reads, either is right.
  const all = new Map([...open, ...changed].map((one) => [one.id, one]));
  const found = await Promise.all([...all.values()].map((incident) => handedOver(incident, replicas, ports)));
  return found.filter(({ isWatched }) => isWatched);
}

/** An incident as the watch saw it last: whether it is calm, and whether anything of its service is there. */
export async function handedOver(
  incident: Incident,
  replicas: readonly Replica[],
  ports: { readonly incidents: Pick<Incidents, 'watched'> },
): Promise<Handed> {
  const { state, unwatched } = (await ports.incidents.watched(incident.service.id)).value;
  const own = replicas.filter(({ service }) => service.id === incident.service.id);
  const calmSinceMs = state?.incident?.calmSinceMs;
  const handed: HandedOver = {
    incident,
    ...(calmSinceMs === undefined ? {} : { calmSinceMs }),
    ...(own.length === 0 ? { gone: true } : {}),
  };
  return { handed, replicas: own, isWatched: unwatched === undefined };
}

/** With the address of its thread. */
export async function linked(handed: HandedOver, ports: ThreadLinkPorts): Promise<HandedOver> {
  const link = await threadLink(handed.incident, ports);
  return link ? { ...handed, link } : handed;
}
