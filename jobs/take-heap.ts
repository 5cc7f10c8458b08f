import { isSameProcess } from '../src/analysis/heap-base.js';
import { LeakwatchError, worldError } from '../src/errors.js';
import type { Engine } from '../src/model/engine.js';
import type { HeapsReader } from '../src/model/heap-evidence.js';
import type { HeapFinding, Heaps, TakenHeap } from '../src/model/heap-taking.js';
import type { HostName } from '../src/model/host.js';
import type { GoFacts } from '../src/model/profiler.js';
import type { Replica } from '../src/model/replica.js';
import type { Payload } from '../src/queue/catalogue.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { JobContext, Processor } from './context.js';
import type { Lost } from './edge.js';
import { type FetchHeapPorts, fetchHeap, type NoPprof } from './fetch-heap.js';
import { type HeapShelfPorts, type Shelved, shelve, shelvedBefore, takenBefore } from './heap-shelf.js';
import type { Roster } from './roster.js';

export type TakeHeapPorts = FetchHeapPorts &
  HeapShelfPorts & {
    readonly host: HostName;
    readonly roster: Pick<Roster, 'running'>;
    readonly engine: Pick<Engine, 'addresses'>;
    readonly heaps: Pick<Heaps, 'release' | 'keepFinding'>;
    readonly reader: HeapsReader;
    readonly enqueue: Enqueue;
  };

type Wanted = Payload<'take-heap'>;

/** Of each end: more than any message shows. */
const TOP = 24;
/** The first heap of a process has nothing to be compared with; one more is taken so long after. */
export const SECOND_MS = 60_000;

/**
 * Takes one heap on this host: fetches it, keeps it as it came, has it decoded beside earlier ones in a child, and has it said. All that
 * can go wrong out there is an answer. Run twice it is one heap: the second finds it kept.
 */
export function makeTakeHeap(ports: TakeHeapPorts): Processor<'take-heap'> {
  return async (payload, context) => {
    const { serviceId, profile, taking, outboxKey, target, incidentId, why } = payload;
    const finding = await find(payload, ports, context);
    if ('problem' in finding) {
      await ports.heaps.release(serviceId, profile, taking.id);
      context.log.warn({ service: serviceId, replica: taking.replica, problem: finding.problem }, 'no heap');
    }
    if (!target && !incidentId) return;
    // What was said of the first one stands.
    if (why === 'second' && 'problem' in finding) return;
    await ports.heaps.keepFinding(outboxKey, finding);
    await ports.enqueue('say-heap', sayingOf(payload), { once: `${outboxKey}-${taking.id}` });
    if (!isFirst(payload, finding)) return;
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

function sayingOf({ taking, pprof: _, ...wanted }: Wanted): Payload<'say-heap'> {
  return { ...wanted, replica: taking.replica, takingId: taking.id };
}

/** It has nothing of its own process before it, and growth can be told soon. */
function isFirst({ why }: Wanted, finding: HeapFinding): boolean {
  if ('problem' in finding || why === 'second' || finding.sooner) return false;
  const { heaps } = finding;
  const last = heaps.at(-1);
  return last !== undefined && !heaps.slice(0, -1).some((one) => isSameProcess(one, last));
}

async function find(payload: Wanted, ports: TakeHeapPorts, context: JobContext): Promise<HeapFinding> {
  try {
    const known = await takenBefore(payload.serviceId, payload.taking.id, ports);
    const now = known ?? (await takeNow(payload, ports, context));
    if ('noPprof' in now) return { problem: now.noPprof, needsPprof: true };
    const isAsked = payload.target !== undefined || payload.incidentId !== undefined;
    const before = isAsked ? await shelvedBefore(now.heap, payload.since, ports) : [];
    const by = payload.profile.startsWith('goroutine') ? 'own' : 'innermost';
    const asked = { heaps: [...before, now].map(({ bytes }) => bytes), measure: null, by, top: TOP, stacks: 0 } as const;
    const { course } = await ports.reader.course(asked, context.signal);
    // Only now: what cannot be decoded is nothing that a later one could be compared with.
    const kept = known ?? (await shelve(now, ports, context.log));
    const all = [...before, kept];
    return { course, heaps: all.map(({ heap }) => heap), files: all.map(({ file }) => file), sooner: known !== null };
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    return { problem: error.message };
  }
}

async function takeNow(payload: Wanted, ports: TakeHeapPorts, { nowMs, signal }: JobContext): Promise<Shelved | NoPprof> {
  const { taking, profile } = payload;
  const replica = ports.roster.running().find(({ key }) => key === taking.replica);
  const name = replica?.containerName ?? taking.replica;
  const addresses = replica && (await ports.engine.addresses(replica.run.containerId));
  if (!replica || !addresses) throw worldError(`${name} does not run any more`);
  const found = await fetchHeap(payload, name, addresses, ports, signal);
  if ('noPprof' in found) return found;
  const takenAtMs = nowMs();
  const go = profile === 'heap' ? await ports.profiler.facts(addresses, found.place, signal) : undefined;
  return { heap: takenOf(payload, replica, found.bytes.length, takenAtMs, go), bytes: found.bytes, file: null };
}

function takenOf(
  { taking, profile, why }: Wanted,
  { key, number, host, service, containerName, run, labels }: Replica,
  bytes: number,
  takenAtMs: number,
  go: GoFacts | undefined,
): TakenHeap {
  const revision = labels['org.opencontainers.image.revision'];
  return {
    ...{ id: taking.id, service: service.id, replica: key, number, name: containerName, host },
    ...{ containerId: run.containerId, image: run.image, ...(run.imageId ? { imageId: run.imageId } : {}) },
    ...(revision ? { revision } : {}),
    ...{ profile, startedAtMs: run.startedAtMs, takenAtMs, why, bytes, ...(go ? { go } : {}) },
  };
}
