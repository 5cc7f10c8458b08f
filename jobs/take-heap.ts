import { heapsBefore, isSameProcess } from '../src/analysis/heap-base.js';
import { LeakwatchError, worldError } from '../src/errors.js';
import type { Archive } from '../src/model/archive.js';
import type { Engine } from '../src/model/engine.js';
import type { HeapsReader } from '../src/model/heap-evidence.js';
import { type HeapFinding, type Heaps, heapName, type Since, type TakenHeap } from '../src/model/heap-taking.js';
import type { HostName } from '../src/model/host.js';
import type { Replica } from '../src/model/replica.js';
import type { Payload } from '../src/queue/catalogue.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { JobContext, Processor } from './context.js';
import type { Lost } from './edge.js';
import { type FetchHeapPorts, fetchHeap, type NoPprof } from './fetch-heap.js';
import type { Roster } from './roster.js';

export type TakeHeapPorts = FetchHeapPorts & {
  readonly host: HostName;
  readonly roster: Pick<Roster, 'running'>;
  readonly engine: Pick<Engine, 'addresses'>;
  readonly heaps: Pick<Heaps, 'add' | 'ofService' | 'release' | 'keepFinding'>;
  readonly archive: Pick<Archive, 'put' | 'get'>;
  /** People find there what lies in it. */
  readonly isArchiveKept: boolean;
  readonly reader: HeapsReader;
  readonly enqueue: Enqueue;
};

/** Of each end: more than any message shows. */
const TOP = 24;
/** The first heap of a process has nothing to be compared with; one more is taken so long after. */
const SECOND_MS = 60_000;

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
    await ports.heaps.keepFinding(outboxKey, finding);
    const { taking: _, pprof: __, ...wanted } = payload;
    const saying = { ...wanted, replica: taking.replica, takingId: taking.id };
    await ports.enqueue('say-heap', saying, { once: `${outboxKey}-${taking.id}` });
    if ('problem' in finding || !isAlone(finding.heaps) || why === 'second' || finding.sooner) return;
    const second = { ...payload, why: 'second', since: { kind: 'last' }, taking: { ...taking, id: `${taking.id}-2` } } as const;
    await ports.enqueue('take-heap', second, { host: ports.host, once: `${outboxKey}-second`, delayMs: SECOND_MS });
  };
}

/** The first of its process. */
function isAlone(heaps: readonly TakenHeap[]): boolean {
  const last = heaps.at(-1);
  return last !== undefined && !heaps.slice(0, -1).some((one) => isSameProcess(one, last));
}

async function find(payload: Payload<'take-heap'>, ports: TakeHeapPorts, context: JobContext): Promise<HeapFinding> {
  try {
    const found = await takeOnce(payload, ports, context);
    if ('noPprof' in found) return { problem: found.noPprof, needsPprof: true };
    const { taken, bytes, sooner } = found;
    const before = await readBefore(await ports.heaps.ofService(payload.serviceId), taken, payload.since, ports);
    const by = payload.profile.startsWith('goroutine') ? 'own' : 'innermost';
    const asked = { heaps: [...before.map((one) => one.bytes), bytes], measure: null, by, top: TOP, stacks: 0 } as const;
    const { course } = await ports.reader.course(asked, context.signal);
    return { course, heaps: [...before.map((one) => one.heap), taken], kept: ports.isArchiveKept, sooner };
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    return { problem: error.message };
  }
}

type Taken = { readonly taken: TakenHeap; readonly bytes: Buffer; readonly sooner: boolean };

/** The heap of this taking: the one that is kept already, or a new one. */
async function takeOnce(
  payload: Payload<'take-heap'>,
  ports: TakeHeapPorts,
  { nowMs, signal }: JobContext,
): Promise<Taken | NoPprof> {
  const { taking, serviceId, profile } = payload;
  const known = (await ports.heaps.ofService(serviceId)).find(({ id }) => id === taking.id);
  const kept = known && (await bytesOf(known, ports));
  if (known && kept) return { taken: known, bytes: kept, sooner: true };
  const replica = ports.roster.running().find(({ key }) => key === taking.replica);
  const name = replica?.containerName ?? taking.replica;
  const addresses = replica && (await ports.engine.addresses(replica.run.containerId));
  if (!replica || !addresses) throw worldError(`${name} does not run any more`);
  const bytes = await fetchHeap(payload, replica.containerName, addresses, ports, signal);
  if ('noPprof' in bytes) return bytes;
  const taken = takenOf(payload, replica, bytes.length, nowMs());
  const { service, replica: key, takenAtMs, image, startedAtMs, why } = taken;
  const meta = { service, replica: key, profile, takenAtMs, image, revision: taken.revision ?? null, startedAtMs, why };
  await ports.archive.put({ kind: 'heaps', name: heapName(taken), form: 'pb.gz', meta }, onePiece(bytes));
  await ports.heaps.add(taken);
  return { taken, bytes, sooner: false };
}

function takenOf({ taking, profile, why }: Payload<'take-heap'>, replica: Replica, bytes: number, takenAtMs: number): TakenHeap {
  const { run, labels } = replica;
  const revision = labels['org.opencontainers.image.revision'];
  return {
    ...{ id: taking.id, service: replica.service.id, replica: replica.key, number: replica.number, name: replica.containerName },
    ...{ host: replica.host, containerId: run.containerId, image: run.image, ...(run.imageId ? { imageId: run.imageId } : {}) },
    ...(revision ? { revision } : {}),
    ...{ profile, startedAtMs: run.startedAtMs, takenAtMs, why, bytes },
  };
}

/** Earlier ones that this host's archive (or the one that all share) still has. */
async function readBefore(all: readonly TakenHeap[], taken: TakenHeap, since: Since, ports: TakeHeapPorts) {
  const found: { readonly heap: TakenHeap; readonly bytes: Buffer }[] = [];
  for (const heap of heapsBefore(all, taken, since)) {
    const bytes = await bytesOf(heap, ports);
    if (bytes) found.push({ heap, bytes });
  }
  return found;
}

async function bytesOf(heap: TakenHeap, { archive }: TakeHeapPorts): Promise<Buffer | null> {
  const found = await archive.get('heaps', heapName(heap));
  if (!found) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of found.content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* onePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** A take that broke down, or took its agent down: who waits for it is told. Nobody waits for a sweep. */
export function makeHeapLost({
  heaps,
  enqueue,
}: Pick<TakeHeapPorts, 'enqueue'> & { readonly heaps: Pick<Heaps, 'keepFinding' | 'release'> }): Lost {
  return async (name, payload, sentence) => {
    if (name !== 'take-heap') return;
    const { taking, pprof: _, ...wanted } = payload as Payload<'take-heap'>;
    await heaps.release(wanted.serviceId, wanted.profile, taking.id);
    await heaps.keepFinding(wanted.outboxKey, { problem: sentence.replace(/\.$/, '') });
    const saying = { ...wanted, replica: taking.replica, takingId: taking.id };
    await enqueue('say-heap', saying, { once: `${wanted.outboxKey}-lost` });
  };
}
