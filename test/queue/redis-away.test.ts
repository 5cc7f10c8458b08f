import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { makeProducer, type Producer } from '../../src/queue/enqueue.js';
import { freePort, until } from '../support/parts/process.js';
import { type RedisPart, startRedis } from '../support/parts/redis.js';
import { patient } from '../support/patience.js';

/** The deadline of a request path (1.5 s), and what a busy machine adds. */
const SOON_MS = patient(2_200);
const job = (channel: string) => ['deliver', { v: 1, channel }, { once: channel }] as const;

let port: number;
let folder: string;
let producer: Producer;
let redis: RedisPart | undefined;
beforeEach(async () => {
  port = await freePort();
  folder = await mkdtemp(join(tmpdir(), 'leakwatch-away-'));
  producer = makeProducer(`redis://127.0.0.1:${port}`, () => {});
});
afterEach(async () => {
  await producer.close();
  await redis?.stop();
  await rm(folder, { recursive: true });
});

async function start(): Promise<RedisPart> {
  redis = await startRedis([], port, folder);
  return redis;
}

/** Every one of them is refused, and soon. */
async function refused(names: readonly string[]): Promise<void> {
  const from = performance.now();
  const done = await Promise.allSettled(names.map((name) => producer.enqueue(...job(name))));
  expect(done).toEqual(names.map(() => ({ status: 'rejected', reason: expect.objectContaining({ who: 'world' }) })));
  expect(performance.now() - from).toBeLessThan(SOON_MS);
}

/** What is in the queue after all; what was refused has not crept in later. */
async function queued(): Promise<number | undefined> {
  return (await producer.depths([])).deliver;
}

const backAgain = (name: string) =>
  until('the producer to work again', 8_000, async () => {
    await producer.enqueue(...job(name));
    return true;
  });

test('Redis is not there yet: refused within 1.5 s, and not done behind the back of who was refused', async () => {
  await refused(['a', 'b', 'c']);
  await start();
  await backAgain('d');
  expect(await queued()).toBe(1);
});

test('Redis dies and comes back: refused meanwhile, then it works again, and what was confirmed is there', async () => {
  const first = await start();
  await backAgain('a');
  await first.kill();
  await refused(['b', 'c']);
  await start();
  await backAgain('d');
  expect(await queued()).toBe(2);
});

test('Redis is frozen: refused within 1.5 s, then it works again', async () => {
  const frozen = await start();
  await backAgain('a');
  frozen.freeze();
  try {
    await refused(['b', 'c']);
    await expect(producer.depths([])).rejects.toThrow();
  } finally {
    frozen.thaw();
  }
  await backAgain('d');
  expect(await queued()).toBeGreaterThanOrEqual(2);
});

test('Redis is full, then has room again: its own word meanwhile, at once; nothing has to be started anew', async () => {
  await start();
  await backAgain('a');
  const client = new Redis(`redis://127.0.0.1:${port}`);
  await client.config('SET', 'maxmemory', '1mb');
  const from = performance.now();
  await expect(producer.enqueue(...job('b'))).rejects.toMatchObject({ who: 'world', message: 'The queue (Redis) is full' });
  expect(performance.now() - from).toBeLessThan(patient(500));
  await client.config('SET', 'maxmemory', '0');
  await client.quit();
  await producer.enqueue(...job('b'));
  expect(await queued()).toBe(2);
});

test('Redis has become a replica: said, and not that it does not answer', async () => {
  await start();
  await backAgain('a');
  const client = new Redis(`redis://127.0.0.1:${port}`);
  await client.replicaof('127.0.0.1', 1);
  await expect(producer.enqueue(...job('b'))).rejects.toMatchObject({
    who: 'world',
    message: expect.stringMatching(/^The queue \(Redis\) refuses \(READONLY/),
  });
  await client.quit();
});
