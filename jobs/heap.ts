import { createHash } from 'node:crypto';
import { replicaForHeap } from '../src/analysis/heap-replica.js';
import { personError } from '../src/errors.js';
import type { Heaps, Taking } from '../src/model/heap-taking.js';
import { type Heartbeat, isSilent } from '../src/model/host.js';
import type { Incidents } from '../src/model/incident.js';
import type { Replica } from '../src/model/replica.js';
import { type RulesPort, rulesOfReplicas } from '../src/model/rules.js';
import type { Payload } from '../src/queue/catalogue.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { escapeText } from '../src/render/text.js';
import type { Processor } from './context.js';
import { assessNow, DEFAULT_WINDOW_MS, fleet, type LookPorts } from './look.js';

export type HeapPorts = LookPorts & {
  readonly incidents: Pick<Incidents, 'watched' | 'incident'>;
  readonly heaps: Pick<Heaps, 'claim' | 'placeOf' | 'ofService'>;
  readonly rules: Pick<RulesPort, 'now'>;
  readonly enqueue: Enqueue;
};

/** A heap that is not there by then is said to be late: 35 s to fetch it, 5 to decode it, and one that came before. */
const LATE_MS = 90_000;

/**
 * A heap is wanted: of the replica that tells most, on whose host it is taken. Who asks within five minutes of another gets that one's heap
 * (`Heaps.claim`): a collection costs the process something. Nobody asked, and no place is known where heaps are: nothing is done.
 */
export function makeHeap(ports: HeapPorts): Processor<'heap'> {
  return async (payload, { nowMs, log }) => {
    const { serviceId, profile, why, target } = payload;
    const { replicas, beats } = await fleet(ports);
    const own = replicas.filter(({ service }) => service.id === serviceId);
    const service = own[0]?.service;
    const { pprof: rule, massif, heap: dumps } = rulesOfReplicas(ports.rules.now(), own);
    if (!target && (!service || !(rule ?? (await ports.heaps.placeOf(serviceId))))) return;
    if (!service) throw personError(`${escapeText(serviceId, 80)} is gone: its last container was removed.`);
    // What lies there as a file costs nothing to read, and may be a new one; it lies in a container that has ended, too.
    const isFile = profile === 'massif' || (profile === 'heap' && dumps !== undefined && rule === undefined);
    const replica = await replicaOf(payload, isFile, own, beats, nowMs(), ports);
    const mine: Taking = { id: takingId(payload), replica: replica.key, atMs: payload.askedAtMs };
    // A heap before a kill is taken whoever took one before, and by the clock none is taken for somebody else.
    const isShared = (why === 'asked' || why === 'verdict') && !isFile;
    const taking = isShared ? await ports.heaps.claim(serviceId, profile, mine) : mine;
    const host = own.find(({ key }) => key === taking.replica)?.host ?? replica.host;
    const incidentId = payload.incidentId ?? (await threadIn(payload, ports));
    const { v, since, outboxKey, mayExec } = payload;
    const wanted = {
      ...{ v, serviceId, profile, since, why, outboxKey },
      ...(target ? { target } : {}),
      ...(incidentId ? { incidentId } : {}),
      ...(mayExec ? { mayExec } : {}),
    };
    log.info({ service: serviceId, replica: taking.replica, profile, why }, 'a heap is wanted');
    const job = {
      ...wanted,
      taking,
      ...(rule ? { pprof: rule } : {}),
      ...(massif ? { massif } : {}),
      ...(dumps ? { dumps } : {}),
    };
    await ports.enqueue('take-heap', job, { host, once: outboxKey });
    if (!target && !incidentId) return;
    const saying = { ...wanted, replica: taking.replica, takingId: taking.id, late: true } as const;
    await ports.enqueue('say-heap', saying, { once: `${outboxKey}-late`, delayMs: LATE_MS });
  };
}

async function replicaOf(
  { serviceId, replica: named }: Payload<'heap'>,
  isFile: boolean,
  own: readonly Replica[],
  beats: readonly Heartbeat[],
  nowMs: number,
  ports: HeapPorts,
): Promise<Replica> {
  const given = own.find(({ key }) => key === named);
  if (given) return given;
  const service = own[0]?.service ?? { id: serviceId, name: serviceId };
  const silent = new Set(beats.filter((beat) => isSilent(beat, nowMs)).map(({ host }) => host));
  const assessment = await assessNow(service, own, beats, DEFAULT_WINDOW_MS, nowMs, ports);
  const found = replicaForHeap(assessment, await ports.heaps.ofService(serviceId), silent);
  if (found) return found;
  const ended = isFile ? own.filter(({ host, running }) => !running && !silent.has(host)) : [];
  const [last] = ended.toSorted((a, b) => (b.run.endedAtMs ?? 0) - (a.run.endedAtMs ?? 0));
  if (last) return last;
  const name = escapeText(service.name, 80);
  const hosts = [...new Set(own.filter(({ running }) => running).map(({ host }) => escapeText(host, 60)))];
  if (hosts.length === 0) throw personError(`${name} does not run now, so that it has no heap.`);
  throw personError(
    `No heap of ${name}: its agents are silent (${hosts.slice(0, 5).join(', ')}). \`/leak status\` says since when.`,
  );
}

/** The same for the same wish, however often its job runs. */
function takingId({ serviceId, profile, outboxKey }: Payload<'heap'>): string {
  return `h-${createHash('sha256').update(`${serviceId} ${profile} ${outboxKey}`).digest('hex').slice(0, 16)}`;
}

/** Asked for in a channel, it goes where all is said of this leak; asked for in a thread or alone, it is answered there. */
async function threadIn({ target, serviceId, profile }: Payload<'heap'>, { incidents }: HeapPorts): Promise<string | undefined> {
  if (profile === 'massif' || target?.kind !== 'channel' || target.threadTs) return undefined;
  const { incidentId } = (await incidents.watched(serviceId)).value;
  const found = incidentId ? await incidents.incident(incidentId) : null;
  // A storm has one thread for many: what is asked for goes to who asked.
  return found && !found.value.closed && !found.value.storm ? incidentId : undefined;
}
