import type { Redis } from 'ioredis';
import { POLICY } from '../../src/incidents/policy.js';
import type { Sample } from '../../src/model/sample.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeSamples } from '../../src/store/samples.js';
import type { FakeEngine } from '../support/fake-engine/engine.js';
import type { MemoryAt } from '../support/fake-engine/memory.js';

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;
const CALM_MS = 24 * HOUR_MS;
const LEAKING_MS = 1.5 * HOUR_MS;
/** Old samples are rolled up anyway: one each roll-up is enough. */
const COARSE_MS = 300_000;
const FINE_MS = 15_000;
const FINE_FOR_MS = 2 * HOUR_MS;
const LIMIT_BYTES = 512 * MIB;
/** How fast belief (`quick`) in a leak gets to where it is said, with about two hours left: `incidents/policy.ts`. */
const BELIEF_MS = 30 * 60_000;

export type LeakingService = { readonly id: string; readonly name: string; readonly key: string; readonly host: string };
export type NamedEngine = { readonly host: string; readonly engine: FakeEngine };

/**
 * Services of one container each, dealt out over the engines, that were calm for a day and have been leaking for an hour and a half,
 * with about two hours to go; their history is in the store, and the engines go on with it. The watch has nearly made up its mind:
 * the looks of the next `saidWithinMs` find one after the other.
 *
 *     store  ____________________////│//////  engine
 *            a day                  now
 */
export async function fillLeaking(
  redis: Redis,
  engines: readonly NamedEngine[],
  count: number,
  saidWithinMs: number,
): Promise<LeakingService[]> {
  const nowMs = Date.now();
  const made = Array.from({ length: count }, (_, index) => makeService(engines, index, nowMs));
  await leaveHistory(redis, made, nowMs);
  const incidents = makeIncidents(redis);
  for (const [index, { service }] of made.entries()) {
    const delayMs = (saidWithinMs * index) / count;
    const quick = 1 - (1 - POLICY.quick.share) * Math.exp(delayMs / BELIEF_MS);
    const state = { lookedMs: nowMs - 1_000, quick, slow: 0.1 };
    const watched = { version: 0, value: { state } };
    if (!(await incidents.commit({ serviceId: service.id, watched }))) throw new Error(`${service.id} is watched already`);
  }
  return made.map(({ service }) => service);
}

function makeService(engines: readonly NamedEngine[], index: number, nowMs: number) {
  const at = engines[index % engines.length];
  if (!at) throw new Error('no engine to run on');
  const name = `svc-${String(index).padStart(3, '0')}`;
  const memory = leaking(140 + (index % 10), 95 + ((index * 7) % 20), nowMs - LEAKING_MS, index);
  const labels = {
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': name,
    'com.docker.compose.container-number': '1',
  };
  const spec = { name: `shop-${name}-1`, image: `shop/${name}:1.42.1`, labels, memory, limitBytes: LIMIT_BYTES };
  at.engine.at(nowMs - CALM_MS - LEAKING_MS - HOUR_MS, () => at.engine.run(spec));
  const id = `shop/${name}`;
  return { memory, service: { id, name, host: at.host, key: `${at.host}/${id}/1` } };
}

function leaking(base: number, perHour: number, onsetMs: number, index: number): MemoryAt {
  return (nowMs) => ({
    anon: Math.round(
      MIB * (base + (perHour * Math.max(0, nowMs - onsetMs)) / HOUR_MS + Math.sin(nowMs / 60_000 + index)) +
        // what no two looks agree on
        MIB * (((nowMs * 7919) % 1_000) / 1_000 - 0.5),
    ),
    ...{ file: 20 * MIB, inactiveFile: 12 * MIB, shmem: 0, kernel: 2 * MIB, pids: 8 },
    ...{ cpuNanos: nowMs * 10_000, netRxBytes: nowMs, netTxBytes: nowMs },
  });
}

async function leaveHistory(redis: Redis, made: readonly ReturnType<typeof makeService>[], nowMs: number): Promise<void> {
  const samples = makeSamples(redis);
  const fineFromMs = nowMs - FINE_FOR_MS;
  const times: number[] = [];
  for (let t = nowMs - CALM_MS - LEAKING_MS; t < fineFromMs; t += COARSE_MS) times.push(t);
  for (let t = fineFromMs; t < nowMs - FINE_MS / 2; t += FINE_MS) times.push(t);
  for (const t of times)
    await samples.append(made.map(({ memory, service }) => ({ replica: service.key, sample: sampleOf(memory, t) })));
}

function sampleOf(memory: MemoryAt, t: number): Sample {
  const held = memory(t, 0) ?? {};
  const { anon = 0, file = 0, kernel = 0 } = held;
  return { t, ...held, usage: anon + file + kernel, limit: LIMIT_BYTES };
}
