import type { Incident, Incidents } from '../src/model/incident.js';
import type { Outbox } from '../src/model/message.js';
import type { Replica } from '../src/model/replica.js';
import type { HandedOver } from '../src/render/digest-handover.js';

export type HandOverPorts = {
  readonly incidents: Pick<Incidents, 'open' | 'since' | 'watched'>;
  readonly outbox: Pick<Outbox, 'get'>;
  /** The address of a message; null: not known. */
  readonly permalink: (channel: string, ts: string) => Promise<string | null>;
};

type Handed = { readonly handed: HandedOver; readonly replicas: readonly Replica[] };

/** What is open, and what closed since then; not of services that people took off the watch. */
export async function handOver(sinceMs: number, replicas: readonly Replica[], ports: HandOverPorts): Promise<Handed[]> {
  const [open, changed] = await Promise.all([ports.incidents.open(), ports.incidents.since(sinceMs)]);
  // What was opened since then is in both; of one that closes between the two reads, either is right.
  const all = new Map([...open, ...changed].map((one) => [one.id, one]));
  const found = await Promise.all([...all.values()].map((incident) => handedOver(incident, replicas, ports)));
  return found.filter((one) => one !== null);
}

async function handedOver(incident: Incident, replicas: readonly Replica[], ports: HandOverPorts): Promise<Handed | null> {
  const { state, unwatched } = (await ports.incidents.watched(incident.service.id)).value;
  if (unwatched) return null;
  const own = replicas.filter(({ service }) => service.id === incident.service.id);
  const calmSinceMs = state?.incident?.calmSinceMs;
  const handed: HandedOver = {
    incident,
    ...(calmSinceMs === undefined ? {} : { calmSinceMs }),
    ...(own.length === 0 ? { gone: true } : {}),
  };
  return { handed, replicas: own };
}

/** With the address of its thread: the one it was collected in, else that of its root, or of its storm's message. */
export async function linked(handed: HandedOver, { outbox, permalink }: HandOverPorts): Promise<HandedOver> {
  const { id, place, storm } = handed.incident;
  const root = place.threadTs ? null : await outbox.get(storm ?? id);
  const ts = place.threadTs ?? root?.ts;
  const link = ts ? await permalink(root?.postedChannel ?? place.channel, ts) : null;
  return link ? { ...handed, link } : handed;
}
