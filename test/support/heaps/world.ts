import { makeHeap } from '../../../jobs/heap.js';
import { makeHeapRounds } from '../../../jobs/heap-rounds.js';
import type { AskOwn } from '../../../jobs/own-metrics.js';
import { makeSayHeap } from '../../../jobs/say-heap.js';
import { makeTakeHeap, type TakeHeapPorts } from '../../../jobs/take-heap.js';
import { makeTell } from '../../../jobs/tell.js';
import type { HeapsReader } from '../../../src/model/heap-evidence.js';
import type { Profiler } from '../../../src/model/profiler.js';
import { NO_RULES } from '../../../src/model/rules.js';
import type { JobName, Payload } from '../../../src/queue/catalogue.js';
import { makeBriefArchive } from '../../../src/store/brief-archive.js';
import { makeDroppedFiles } from '../../../src/store/dropped-files.js';
import { makeHeaps } from '../../../src/store/heaps.js';
import { makeHosts } from '../../../src/store/hosts.js';
import { makeIncidents } from '../../../src/store/incidents.js';
import { makeInventory } from '../../../src/store/inventory.js';
import { makeLedger } from '../../../src/store/ledger.js';
import { makeRounds } from '../../../src/store/rounds.js';
import { makeRuns } from '../../../src/store/runs.js';
import { makeSamples } from '../../../src/store/samples.js';
import { makeStorms } from '../../../src/store/storms.js';
import { type Asked, contextOf, type Harness } from '../../delivery/harness.js';
import { encode } from '../pprof/encode.js';

const MIB = 2 ** 20;
const ADDRESSES = { ips: ['172.17.0.9'], published: [], exposed: [6060], hostNetwork: false };

/** A heap in which `orders.(*Cache).Put` holds so many MiB, and `http.init` always four. */
export function heapWith(mib: number): Buffer {
  return encode({
    measures: [['inuse_space', 'bytes']],
    functions: [
      { id: 1, name: 'shop/orders.(*Cache).Put', file: '/src/orders/cache.go' },
      { id: 2, name: 'net/http.init', file: '/go/src/net/http/h2.go' },
    ],
    locations: [
      { id: 1, lines: [[1, 88]] },
      { id: 2, lines: [[2, 7]] },
    ],
    stacks: [
      { locations: [1], values: [mib * MIB], labels: { tenant: 'jane@customer.example' } },
      { locations: [2], values: [4 * MIB] },
    ],
    period: ['space', 'bytes', 1],
  });
}

/**
 * The jobs of heaps on a real Redis, the queue played by hand and the clock too: `run` does what was asked for, whatever it asks for included.
 * The process is played: `mib` is what it holds, `answer` what it does in place of that.
 */
export async function heapWorld(
  { redis, outbox, asked, enqueue, settle }: Harness,
  reader: HeapsReader,
  rule: string | null = '6060',
  askOwn?: AskOwn,
) {
  const incidents = makeIncidents(redis);
  const looking = {
    ...{ inventory: makeInventory(redis), hosts: makeHosts(redis), samples: makeSamples(redis), runs: makeRuns(redis) },
    ledger: makeLedger(redis, () => {}),
  };
  const process = { mib: 10, fetched: 0, tried: 0, answer: null as null | Profiler['fetch'] };
  const profiler: Profiler = {
    async find() {
      process.tried += 1;
      return null;
    },
    async fetch(...args) {
      process.fetched += 1;
      return process.answer ? process.answer(...args) : heapWith(process.mib);
    },
    facts: async () => ({ goroutines: 12 }),
  };
  let nowMs = Date.now();
  const running = await looking.inventory.all();
  const rules = { now: () => ({ ...NO_RULES, defaults: rule === null ? {} : { pprof: rule } }) };
  const [heaps, rounds] = [makeHeaps(redis), makeRounds(redis)];
  const taking: TakeHeapPorts = {
    ...{
      host: 'hv-01',
      roster: { all: () => running },
      engine: { addresses: async () => ADDRESSES },
      profiler,
      heaps,
      reader,
      enqueue,
    },
    archive: makeBriefArchive(32 * MIB),
    // Nothing tells that it is no Go.
    ...{ about: async () => null, inside: null, runtimes: null, askMassif: null },
    massifReader: { read: neverAsked },
    decodeBinary: () => ({ kind: 'other' }),
  };
  const jobs: { [N in JobName]?: (payload: never, context: ReturnType<typeof contextOf>) => Promise<void> } = {
    heap: makeHeap({ ...looking, incidents, heaps, rules, enqueue }),
    'take-heap': (payload: Payload<'take-heap'>, context) => makeTakeHeap(taking)(payload, context),
    'say-heap': makeSayHeap({
      ...{ ...looking, heaps, dropped: makeDroppedFiles(redis), incidents, rounds, outbox, enqueue, askOwn },
    }),
    'heap-rounds': makeHeapRounds({ ...looking, incidents, heaps, rules, enqueue }),
    tell: makeTell({ incidents, storms: makeStorms(redis), rounds, outbox, enqueue }),
  };
  const context = () => ({ ...contextOf(), nowMs: () => nowMs });
  const later = new Map<Asked, number>();

  /** Runs everything that is due, in order, each `once` once. */
  async function run(): Promise<void> {
    for (;;) {
      for (const one of asked) if (!later.has(one)) later.set(one, nowMs + (one.options?.delayMs ?? 0));
      const next = [...later].find(([one, dueMs]) => dueMs <= nowMs && one.name in jobs && isOurs(one));
      if (!next) return;
      done.add(next[0]);
      await jobs[next[0].name]?.(next[0].payload as never, context());
      await settle('C0OPS');
    }
  }
  const done = new Set<Asked>();
  const isOurs = (one: Asked) =>
    !done.has(one) &&
    (one.name === 'tell' || ![...done].some(({ name, options }) => name === one.name && options?.once === one.options?.once));

  return {
    ...{ heaps, incidents, process, taking, run, jobs, looking },
    /** Time goes by, and the agent is still there. */
    async wait(ms: number) {
      nowMs += ms;
      const [beat] = await looking.hosts.all();
      if (beat) await looking.hosts.beat({ ...beat, seenAtMs: nowMs });
      await run();
    },
    nowMs: () => nowMs,
    async want(payload: Partial<Payload<'heap'>> = {}) {
      const wish = { serviceId: 'service-0', profile: 'heap', since: { kind: 'usual' }, why: 'asked', askedAtMs: nowMs } as const;
      await enqueue('heap', { v: 1, ...wish, outboxKey: `k-${asked.length}`, ...payload }, { once: `want-${asked.length}` });
      await run();
      // Evidence waits for its root to be there.
      nowMs += 2_000;
      await run();
    },
  };
}

async function neverAsked(): Promise<never> {
  throw new Error('nobody asks for Massif here');
}
