import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isSameProcess } from '../src/analysis/heap-base.js';
import { LeakwatchError, worldError } from '../src/errors.js';
import type { ArchiveForm } from '../src/model/archive.js';
import type { Engine } from '../src/model/engine.js';
import type { HeapsAnswer, HeapsReader } from '../src/model/heap-evidence.js';
import type { HeapFinding, Heaps, MassifResult, TakenHeap } from '../src/model/heap-taking.js';
import type { HostName } from '../src/model/host.js';
import type { Runtime } from '../src/model/profiler.js';
import type { Replica } from '../src/model/replica.js';
import type { Payload } from '../src/queue/catalogue.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { JobContext, Processor } from './context.js';
import type { Lost } from './edge.js';
import { type FetchHeapPorts, fetchHeap, type NoPprof } from './fetch-heap.js';
import { type Before, type HeapShelfPorts, type Shelved, shelve, shelvedBefore, takenBefore } from './heap-shelf.js';
import type { Roster } from './roster.js';
import { takeDumps } from './take-dumps.js';
import { type TakeMassifPorts, takeMassif } from './take-massif.js';
import { type TakeRuntimePorts, takeRuntime } from './take-runtime.js';

export type TakeHeapPorts = FetchHeapPorts &
  HeapShelfPorts &
  TakeRuntimePorts &
  TakeMassifPorts & {
    readonly host: HostName;
    readonly roster: Pick<Roster, 'all'>;
    readonly engine: Pick<Engine, 'addresses'>;
    readonly heaps: Pick<Heaps, 'release' | 'keepFinding'>;
    readonly reader: HeapsReader;
    readonly enqueue: Enqueue;
  };

type Wanted = Payload<'take-heap'>;

const NONE: Before = { before: [] };
/** Of each end: more than any message shows. */
const TOP = 24;
/** The first heap of a process has nothing to be compared with; one more is taken so long after. */
export const SECOND_MS = 60_000;

/** What a flame graph is drawn of: more boxes than a screen shows. What is larger than this in the queue's Redis is left out. */
const MOST_STACKS = 150;
const MOST_STACKS_LETTERS = 200_000;

/** As they are sent: Go packs its profiles itself. */
const FORMS: Readonly<Record<Runtime, ArchiveForm>> = {
  ...{ go: 'pb.gz', jvm: 'txt.gz', node: 'json.gz', python: 'txt.gz', native: 'txt.gz' },
};

/**
 * Takes one heap on this host: fetches it, keeps it as it came, has it decoded beside earlier ones in a child, and has it said. All that
 * can go wrong out there is an answer. Run twice it is one heap: the second finds it kept.
 */
export function makeTakeHeap(ports: TakeHeapPorts): Processor<'take-heap'> {
  return async (payload, context) => {
    const { serviceId, profile, taking, outboxKey, target, incidentId, why } = payload;
    const finding = await (profile === 'massif' ? findMassif : find)(payload, ports, context);
    if ('problem' in finding) {
      await ports.heaps.release(serviceId, profile, taking.id);
      context.log.warn({ service: serviceId, replica: taking.replica, problem: finding.problem }, 'no heap');
    }
    if (!target && !incidentId) return;
    // What was said of the first one stands.
    if (why === 'second' && 'problem' in finding) return;
    await ports.heaps.keepFinding(outboxKey, finding);
    await ports.enqueue('say-heap', sayingOf(payload), { once: `${outboxKey}-${taking.id}` });
    if ('massif' in finding || 'noMassif' in finding || !isFirst(payload, finding)) return;
    const second = { ...payload, why: 'second', since: { kind: 'last' }, taking: { ...taking, id: `${taking.id}-2` } } as const;
    await ports.enqueue('take-heap', second, { host: ports.host, once: `${outboxKey}-second`, delayMs: SECOND_MS });
  };
}

/** A take that broke down, or took its agent down: who waits for it is told. Nobody waits for a sweep. */
export function makeHeapLost({ heaps, enqueue }: Pick<TakeHeapPorts, 'heaps' | 'enqueue'>): Lost {
  return async (name, payload, sentence) => {
    if (name !== 'take-heap') return;
    const { serviceId, profile, taking, outboxKey } = payload as Wanted;
    await heaps.release(serviceId, profile, taking.id);
    await heaps.keepFinding(outboxKey, { problem: sentence.replace(/\.$/, '') });
    await enqueue('say-heap', sayingOf(payload as Wanted), { once: `${outboxKey}-lost` });
  };
}

function sayingOf({ taking, pprof: _, massif: __, dumps: ___, ...wanted }: Wanted): Payload<'say-heap'> {
  return { ...wanted, replica: taking.replica, takingId: taking.id };
}

/** It has nothing of its own process before it, and growth can be told soon. */
function isFirst({ why }: Wanted, finding: HeapFinding): boolean {
  if ('problem' in finding || why === 'second' || finding.sooner) return false;
  const { heaps } = finding;
  const last = heaps.at(-1);
  if (last?.sinceMs !== undefined || last?.dump !== undefined) return false;
  return last !== undefined && !heaps.slice(0, -1).some((one) => isSameProcess(one, last));
}

async function find(payload: Wanted, ports: TakeHeapPorts, context: JobContext): Promise<HeapFinding> {
  try {
    const known = await takenBefore(payload.serviceId, payload.taking.id, ports);
    const now: Taken | NoPprof = known ?? (await takeNow(payload, ports, context));
    if ('noPprof' in now) return { problem: now.noPprof, needsPprof: true };
    const isAsked = payload.target !== undefined || payload.incidentId !== undefined;
    const earlier = now.before ? { before: now.before } : isAsked ? await shelvedBefore(now.heap, payload.since, ports) : NONE;
    const { course, stacks, before, uncompared } = await read(now, earlier, ports.reader, context.signal);
    // Only now: what cannot be decoded is nothing that a later one could be compared with.
    const kept = known ?? (await shelve(await pack(now), ports, context.log, FORMS[now.heap.runtime ?? 'go']));
    const all = [...before, kept];
    const drawn = stacks && JSON.stringify(stacks).length <= MOST_STACKS_LETTERS ? { stacks } : {};
    const said = { course, heaps: all.map(({ heap }) => heap), files: all.map(({ file }) => file), sooner: known !== null };
    return { ...said, ...(uncompared === undefined ? {} : { uncompared }), ...drawn };
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    return { problem: error.message };
  }
}

/** Beside earlier ones; by itself where it cannot be compared with them, as after a rewrite that counts other things. */
async function read(
  now: Taken,
  { before, uncompared }: Before,
  reader: HeapsReader,
  signal: AbortSignal,
): Promise<Pick<HeapsAnswer, 'course' | 'stacks'> & Before> {
  const { profile, runtime } = now.heap;
  const by = profile.startsWith('goroutine') ? 'own' : 'innermost';
  // Classes have no callers.
  const stacks = before.length > 0 && runtime !== 'jvm' ? MOST_STACKS : 0;
  const heaps = [...before, now].map(({ bytes }) => bytes);
  try {
    const answer = await reader.course({ heaps, measure: null, by, top: TOP, stacks }, signal);
    return { ...answer, before, ...(uncompared === undefined ? {} : { uncompared }) };
  } catch (error) {
    if (!(error instanceof LeakwatchError) || before.length === 0 || signal.aborted) throw error;
    return read(now, { before: [], uncompared: error.message }, reader, signal);
  }
}

async function findMassif(wanted: Wanted, ports: TakeHeapPorts, context: JobContext): Promise<HeapFinding | MassifResult> {
  try {
    const replica = replicaOf(wanted, ports);
    const heapOf = (bytes: number) => takenOf(wanted, replica, bytes, context.nowMs(), { runtime: 'native' });
    return await takeMassif(wanted, replica, ports, context, heapOf);
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    return { problem: error.message };
  }
}

function replicaOf({ taking }: Wanted, { roster }: TakeHeapPorts): Replica {
  const replica = roster.all().find(({ key }) => key === taking.replica);
  if (!replica) throw worldError(`${taking.replica} is gone`);
  return replica;
}

/** `before`: what lies beside it, where that is to be compared with. */
type Taken = Shelved & { readonly before?: readonly Shelved[] };

async function takeNow(payload: Wanted, ports: TakeHeapPorts, { nowMs, signal }: JobContext): Promise<Taken | NoPprof> {
  const { profile } = payload;
  const replica = replicaOf(payload, ports);
  const name = replica.containerName;
  const heapOf = (bytes: number, takenAtMs: number, dump: string) =>
    takenOf(payload, replica, bytes, takenAtMs, { runtime: 'native', dump });
  const dumped = await takeDumps(payload, replica, heapOf, ports, { nowMs, signal });
  if (dumped) return dumped;
  const addresses = replica.running ? await ports.engine.addresses(replica.run.containerId) : null;
  if (!addresses) throw worldError(`${name} does not run any more`);
  const ofRuntime = await takeRuntime(payload, replica, ports, signal);
  if (ofRuntime) {
    const { bytes, ...more } = ofRuntime;
    return { heap: takenOf(payload, replica, bytes.length, nowMs(), more), bytes, file: null };
  }
  const found = await fetchHeap(payload, name, addresses, ports, signal);
  if ('noPprof' in found) return found;
  const takenAtMs = nowMs();
  const go = profile === 'heap' ? await ports.profiler.facts(addresses, found.place, signal) : undefined;
  return { heap: takenOf(payload, replica, found.bytes.length, takenAtMs, go ? { go } : {}), bytes: found.bytes, file: null };
}

async function pack(now: Shelved): Promise<Shelved> {
  return now.heap.runtime ? { ...now, bytes: await promisify(gzip)(now.bytes) } : now;
}

function takenOf(
  { taking, profile, why }: Wanted,
  { key, number, host, service, containerName, run, labels }: Replica,
  bytes: number,
  takenAtMs: number,
  more: Pick<TakenHeap, 'go' | 'runtime' | 'sinceMs' | 'sampledEvery' | 'dump'>,
): TakenHeap {
  const revision = labels['org.opencontainers.image.revision'];
  return {
    ...{ id: taking.id, service: service.id, replica: key, number, name: containerName, host },
    ...{ containerId: run.containerId, image: run.image, ...(run.imageId ? { imageId: run.imageId } : {}) },
    ...(revision ? { revision } : {}),
    ...{ profile, startedAtMs: run.startedAtMs, takenAtMs, why, bytes, ...more },
  };
}
