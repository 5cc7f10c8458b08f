import type { Redis } from 'ioredis';
import type { Replica } from '../../src/model/replica.js';
import { makeHosts } from '../../src/store/hosts.js';
import { makeInventory } from '../../src/store/inventory.js';
import { makeRuns } from '../../src/store/runs.js';
import { makeSamples } from '../../src/store/samples.js';

const MIB = 2 ** 20;
const STEP_MS = 15_000;
export const FLEET_HOST = 'hv-01';

/** A fleet as its agent would have left it in Redis: services `service-0 …`, of which every third leaks 40 MiB/h. */
export async function fillFleet(redis: Redis, size: { services: number; replicas: number; historyMs: number }): Promise<void> {
  const nowMs = Date.now();
  const replicas: Replica[] = [];
  for (let s = 0; s < size.services; s += 1) {
    for (let r = 1; r <= size.replicas; r += 1) replicas.push(replica(s, r, nowMs - size.historyMs - 3_600_000));
  }
  await makeInventory(redis).replace(FLEET_HOST, replicas, nowMs);
  await beatNow(redis, replicas.length);
  const [samples, runs] = [makeSamples(redis), makeRuns(redis)];
  for (const { key, run } of replicas) await runs.record(key, run);
  for (let t = nowMs - size.historyMs; t < nowMs; t += STEP_MS) {
    await samples.append(
      replicas.map((one, index) => ({ replica: one.key, sample: sampleOf(one, index, t, nowMs - size.historyMs) })),
    );
  }
}

/** The agent's sign of life, to be repeated in runs that take longer than it is good for. */
export function beatNow(redis: Redis, containers: number): Promise<void> {
  const seenAtMs = Date.now();
  return makeHosts(redis).beat({
    host: FLEET_HOST,
    agentVersion: '0',
    sampleSeconds: 15,
    containers,
    overCap: 0,
    seenAtMs,
    lastSweepMs: seenAtMs,
  });
}

function replica(service: number, number: number, startedAtMs: number): Replica {
  const id = `service-${service}`;
  return {
    key: `${FLEET_HOST}/${id}/${number}`,
    host: FLEET_HOST,
    service: { id, name: id },
    number,
    containerName: `${id}-${number}`,
    limitBytes: 512 * MIB,
    running: true,
    run: { containerId: `${service}${number}`.padEnd(64, '0'), image: `${id}:1`, startedAtMs },
    labels: {},
  };
}

function sampleOf(one: Replica, index: number, t: number, fromMs: number) {
  const leak = Number(one.service.id.split('-')[1]) % 3 === 0 ? (40 * MIB * (t - fromMs)) / 3_600_000 : 0;
  const wave = 2 * MIB * Math.sin(t / 60_000 + index);
  const anon = Math.round(100 * MIB + leak + wave);
  return { t, usage: anon + 30 * MIB, anon, file: 30 * MIB, inactiveFile: 20 * MIB, shmem: 0, kernel: 3 * MIB, limit: 512 * MIB };
}
