import { createHash } from 'node:crypto';
import type { Heaps, TakenHeap } from '../src/model/heap-taking.js';
import { isSilent } from '../src/model/host.js';
import type { Incidents } from '../src/model/incident.js';
import { byService, type Replica } from '../src/model/replica.js';
import { type RulesPort, rulesOfReplicas } from '../src/model/rules.js';
import { limitOf, usedOf } from '../src/model/sample.js';
import type { Payload } from '../src/queue/catalogue.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { Processor } from './context.js';
import { fleet, type LookPorts } from './look.js';

export type HeapRoundsPorts = LookPorts & {
  readonly incidents: Pick<Incidents, 'open'>;
  readonly heaps: Pick<Heaps, 'placeOf' | 'ofService'>;
  readonly rules: Pick<RulesPort, 'now'>;
  readonly enqueue: Enqueue;
};

const HOUR_MS = 3_600_000;
/** What a start fills is filled by then: from there on, what grows is growth. */
const SETTLED_MS = 5 * 60_000;
/** Of its limit: the heap before the kill. */
const NEARLY_FULL = 0.9;
const FRESH_MS = 2 * 60_000;

/**
 * Each half minute: whose heap is due. Of services only whose place is known; nobody's ports are tried for it.
 *
 *     start        + 5 min            each hour, at a minute of the service's own       90 % of the limit, while it leaks
 *     regular      deploy             regular                                           limit, once a life
 */
export function makeHeapRounds(ports: HeapRoundsPorts): Processor<'heap-rounds'> {
  return async (_payload, { nowMs }) => {
    const { replicas, beats } = await fleet(ports);
    const silent = new Set(beats.filter((beat) => isSilent(beat, nowMs())).map(({ host }) => host));
    const running = replicas.filter((replica) => replica.running && !silent.has(replica.host));
    const incidents = await ports.incidents.open();
    for (const [serviceId, own] of byService(running)) {
      const place = rulesOfReplicas(ports.rules.now(), own).pprof ?? (await ports.heaps.placeOf(serviceId));
      if (!place) continue;
      const taken = (await ports.heaps.ofService(serviceId)).filter(({ profile }) => profile === 'heap');
      const due = dueByClock(serviceId, own, taken, nowMs());
      if (due) await want(serviceId, due, `${due} ${slotOf(serviceId, nowMs())} ${newestImage(own)}`, {}, nowMs(), ports);
      const incident = incidents.find(({ service }) => service.id === serviceId);
      for (const replica of incident ? await nearlyFull(own, taken, nowMs(), ports) : []) {
        const once = `limit ${replica.run.containerId} ${replica.run.startedAtMs}`;
        const more = { replica: replica.key, ...(incident ? { incidentId: incident.id } : {}) };
        await want(serviceId, 'limit', once, more, nowMs(), ports);
      }
    }
  };
}

/** A first one at once, so that there is something to compare with; of a new image one when it has settled; then each hour. */
function dueByClock(
  serviceId: string,
  own: readonly Replica[],
  taken: readonly TakenHeap[],
  nowMs: number,
): 'regular' | 'deploy' | null {
  const last = taken.at(-1);
  if (!last) return 'regular';
  const image = newestImage(own);
  const started = Math.min(...own.filter(({ run }) => imageOf(run) === image).map(({ run }) => run.startedAtMs));
  const isNew = !taken.some((heap) => imageOf(heap) === image && heap.takenAtMs >= started + SETTLED_MS);
  if (isNew && nowMs - started >= SETTLED_MS && nowMs - started < HOUR_MS) return 'deploy';
  return slotOf(serviceId, nowMs) > slotOf(serviceId, last.takenAtMs) ? 'regular' : null;
}

async function nearlyFull(
  own: readonly Replica[],
  taken: readonly TakenHeap[],
  nowMs: number,
  { samples }: HeapRoundsPorts,
): Promise<Replica[]> {
  const found: Replica[] = [];
  for (const replica of own) {
    const { containerId, startedAtMs } = replica.run;
    if (taken.some((heap) => heap.why === 'limit' && heap.containerId === containerId && heap.startedAtMs === startedAtMs))
      continue;
    const latest = (await samples.read(replica.key, nowMs - FRESH_MS, nowMs)).at(-1);
    const [used, limit] = [usedOf(latest), limitOf(latest, replica.limitBytes)];
    if (used !== undefined && limit !== null && used >= NEARLY_FULL * limit) found.push(replica);
  }
  return found;
}

async function want(
  serviceId: string,
  why: 'regular' | 'deploy' | 'limit',
  once: string,
  more: Pick<Payload<'heap'>, 'replica' | 'incidentId'>,
  askedAtMs: number,
  { enqueue }: HeapRoundsPorts,
): Promise<void> {
  const id = hash(`${serviceId} ${once}`);
  const wish = { profile: 'heap', since: { kind: 'usual' }, why } as const;
  await enqueue('heap', { v: 1, serviceId, ...wish, ...more, outboxKey: `${why}-${id}`, askedAtMs }, { once: id });
}

/** Hours since the epoch, each beginning at a minute of the service's own: not everything collects its garbage at once. */
function slotOf(serviceId: string, atMs: number): number {
  return Math.floor((atMs - (Number.parseInt(hash(serviceId).slice(0, 8), 16) % HOUR_MS)) / HOUR_MS);
}

function newestImage(own: readonly Replica[]): string {
  const newest = own.reduce<Replica | undefined>((a, b) => (a && a.run.startedAtMs >= b.run.startedAtMs ? a : b), undefined);
  return newest ? imageOf(newest.run) : '';
}

function imageOf({ image, imageId }: { readonly image: string; readonly imageId?: string }): string {
  return imageId ?? image;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
