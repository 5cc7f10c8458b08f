import { isSameProcess } from '../src/analysis/heap-base.js';
import { heapEvidence, whoGrew } from '../src/analysis/heap-evidence.js';
import { samplingError } from '../src/analysis/heap-rate.js';
import { growthBetween, reconcile } from '../src/analysis/reconcile.js';
import { compareUrl, factsOf } from '../src/incidents/compare.js';
import { sourceLinks } from '../src/incidents/source-link.js';
import type { ImageFacts } from '../src/model/audit.js';
import type { Baseline, HeapCourse, HeapEvidence, HeapKind, Place, Reconciliation } from '../src/model/heap-evidence.js';
import type { HeapFinding, TakenHeap } from '../src/model/heap-taking.js';
import { type Heartbeat, type Hosts, isSilent } from '../src/model/host.js';
import type { Incident, Incidents } from '../src/model/incident.js';
import type { Deployed } from '../src/model/news.js';
import { type Inventory, isDeploy, type Replica } from '../src/model/replica.js';
import type { SampleStore } from '../src/model/sample.js';
import type { Payload } from '../src/queue/catalogue.js';
import { count } from '../src/render/units.js';
import type { Told } from './own-metrics.js';
import { SECOND_MS } from './take-heap.js';

export type HeapEvidencePorts = {
  readonly inventory: Pick<Inventory, 'all'>;
  readonly hosts: Pick<Hosts, 'all'>;
  readonly samples: Pick<SampleStore, 'read'>;
  readonly incidents: Pick<Incidents, 'ofService'>;
};

/** Samples before the first heap and after the last one: memory at a time is the middle of those around it. */
const AROUND_MS = 5 * 60_000;
const LATE_SAMPLE_MS = 60_000;
const MOST_INCIDENTS = 20;

type Found = Exclude<HeapFinding, { readonly problem: string }>;
type Ends = { readonly first: TakenHeap; readonly last: TakenHeap };

/** What heaps say, with all that they do not say of themselves: whose they are, memory over the same time, deploys, links, earlier incidents. */
export async function evidenceOf(
  found: Found,
  wanted: Payload<'say-heap'>,
  told: Told,
  nowMs: number,
  ports: HeapEvidencePorts,
): Promise<HeapEvidence> {
  const { files, sooner } = found;
  const { course, heaps } = fromNothing(found);
  const [first, last] = [heaps[0], heaps.at(-1)];
  if (!first || !last) throw new Error('a finding without a heap');
  const ends = { first, last };
  const replicas = (await ports.inventory.all()).filter(({ service }) => service.id === last.service);
  const replica = replicas.find(({ key }) => key === last.replica);
  const baseline = baselineOf(ends);
  const reconciliation = await reconciled(course, ends, baseline, ports);
  const places = course.rows.flatMap(({ via, ...row }): Place[] => (via ? [via, row] : [row]));
  const [from, to] = [first.go?.goroutines, last.go?.goroutines];
  const isNext =
    heaps.length === 1 && last.sinceMs === undefined && last.dump === undefined && wanted.why !== 'second' && !sooner;
  const about = {
    service: { id: last.service, name: replicas[0]?.service.name ?? last.service },
    replica: { number: last.number, host: last.host },
    runtime: last.runtime ?? ('go' as const),
    kind: kindOf(last),
    collected: last.runtime === 'native' ? null : last.profile !== 'goroutine',
    ...{ baseline, reconciliation, ...(told.own ? { own: told.own } : {}) },
    takenAtMs: heaps.map(({ takenAtMs }) => takenAtMs),
    goroutines: last.profile === 'heap' && heaps.length > 1 && from !== undefined && to !== undefined ? { from, to } : null,
    files: filesOf(files),
    deploy: deployBetween(ends, replica),
    seenBeforeMs: null,
    nextAtMs: isNext ? last.takenAtMs + SECOND_MS : null,
    missing: [
      ...notInIt(found, last),
      ...(reconciliation === null && isOfMemory(course, last, baseline) && last.runtime === undefined
        ? ['memory of the container: no samples at both ends']
        : []),
      ...silentWords(replicas, await ports.hosts.all(), nowMs),
      ...missingOf(told),
      ...(files.at(-1) ? [] : ['the file: it was not kept (LEAKWATCH_DATA_DIR of that host’s agent)']),
    ],
  };
  const evidence = heapEvidence(course, about, replica ? sourceLinks(factsOf(replica), places) : undefined);
  return { ...evidence, seenBeforeMs: await seenBefore(whoGrew(evidence), wanted, ports) };
}

/** What these heaps do not tell by what they are, a clause each. */
function notInIt({ sooner, uncompared }: Found, { sinceMs, dump }: TakenHeap): string[] {
  return [
    ...(sinceMs === undefined ? [] : ['what was allocated before these seconds']),
    ...(dump === undefined ? [] : [`what came after ${dump} was written`]),
    ...(uncompared === undefined ? [] : [`an earlier heap: ${uncompared.replace(/\.$/, '')}`]),
    ...(sooner ? ['a newer heap: of a service one is taken in 5 minutes, and this is it'] : []),
  ];
}

/** Of whom no heap could be had, fast as they may grow. */
function silentWords(replicas: readonly Replica[], beats: readonly Heartbeat[], nowMs: number): string[] {
  return beats.flatMap((beat) => {
    const there = replicas.filter(({ host, running }) => running && host === beat.host).length;
    return there > 0 && isSilent(beat, nowMs) ? [`${count(there, 'replica')} on ${beat.host}: its agent is silent`] : [];
  });
}

/** Why its own metrics are not all there, a clause each. */
export function missingOf({ trouble, partial }: Told): string[] {
  return [
    ...(trouble === undefined ? [] : [trouble]),
    ...(partial === undefined ? [] : [`Prometheus answered in part: ${partial}`]),
  ];
}

/** What was allocated since a time is a growth from nothing. */
function fromNothing({ course, heaps }: Found): Pick<Found, 'course' | 'heaps'> {
  const [only] = heaps;
  if (heaps.length !== 1 || only?.sinceMs === undefined) return { course, heaps };
  const [totals, rows] = [[0, ...course.totals], course.rows.map((row) => ({ ...row, held: [0, ...row.held] }))];
  const sampledEvery = only.sampledEvery ?? course.sampledEvery;
  return { course: { ...course, totals, rows, sampledEvery }, heaps: [{ ...only, takenAtMs: only.sinceMs }, only] };
}

function kindOf({ profile }: TakenHeap): HeapKind {
  if (profile === 'massif') return 'heap';
  return profile === 'goroutineleak' ? 'goroutine' : profile;
}

function baselineOf({ first, last }: Ends): Baseline {
  if (first === last) return { is: 'none' };
  if (isSameProcess(first, last)) return { is: 'same-process' };
  if (first.replica !== last.replica) return { is: 'other-process', why: 'replica', atMs: null };
  return { is: 'other-process', why: isDeploy(first, last) ? 'deploy' : 'restart', atMs: last.startedAtMs };
}

/**
 * Whether growth of the container's memory is to be explained by it. Of one process only: over a restart, what the container's memory did has
 * nothing to do with what was in it. What a JVM or Node takes for its heap has little to do with that, either.
 */
function isOfMemory({ measure }: HeapCourse, { profile, runtime }: TakenHeap, baseline: Baseline): boolean {
  const isOwn = runtime === undefined || runtime === 'native';
  return baseline.is === 'same-process' && profile === 'heap' && isOwn && measure.unit === 'bytes';
}

async function reconciled(
  course: HeapCourse,
  { first, last }: Ends,
  baseline: Baseline,
  { samples }: HeapEvidencePorts,
): Promise<Reconciliation | null> {
  if (!isOfMemory(course, last, baseline)) return null;
  const { takenAtMs: fromMs } = first;
  const read = await samples.read(last.replica, fromMs - AROUND_MS, last.takenAtMs + LATE_SAMPLE_MS);
  const memory = growthBetween(read, fromMs, last.takenAtMs);
  if (!memory) return null;
  const grownBytes = (course.totals.at(-1) ?? 0) - (course.totals[0] ?? 0);
  const errorBytes = samplingError([course.totals[0] ?? 0, course.totals.at(-1) ?? 0], course.sampledEvery);
  return reconcile(
    memory,
    { grownBytes, errorBytes },
    last.runtime === 'native'
      ? { is: 'allocator' }
      : { is: 'go', first: first.go?.memory ?? null, last: last.go?.memory ?? null },
  );
}

function filesOf(files: Found['files']): HeapEvidence['files'] {
  const [base, now] = [files.length > 1 ? (files[0] ?? null) : null, files.at(-1)];
  return now ? { base, now } : null;
}

function deployBetween({ first, last }: Ends, replica: Replica | undefined): Deployed | null {
  if (!isDeploy(first, last)) return null;
  const source = replica && factsOf(replica).source;
  const facts = (heap: TakenHeap): ImageFacts => ({
    ...{ id: heap.imageId ?? heap.image, image: heap.image },
    ...(heap.revision ? { revision: heap.revision } : {}),
    ...(source ? { source } : {}),
  });
  const url = compareUrl(facts(first), facts(last));
  return { image: last.image, previousImage: first.image, ...(url ? { compareUrl: url } : {}) };
}

/** The incident before this one that had the same function first. */
async function seenBefore(
  who: string | undefined,
  { serviceId, incidentId }: Payload<'say-heap'>,
  { incidents }: HeapEvidencePorts,
): Promise<number | null> {
  if (who === undefined) return null;
  const isIt = ({ id, closed, grew }: Incident) => id !== incidentId && closed !== undefined && grew === who;
  return (await incidents.ofService(serviceId, MOST_INCIDENTS)).find(isIt)?.openedMs ?? null;
}
