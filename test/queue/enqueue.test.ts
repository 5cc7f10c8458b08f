import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { makeProducer, QUEUE_PREFIX } from '../../src/queue/enqueue.js';
import { freePort } from '../support/parts/process.js';
import { ownDatabase } from '../support/parts/redis.js';

let database: Awaited<ReturnType<typeof ownDatabase>>;
beforeAll(async () => {
  database = await ownDatabase();
});
afterAll(() => database.close());

test('the same request twice is one job, another is a second', async () => {
  const producer = makeProducer(database.url, () => {});
  for (const once of ['Ev1', 'Ev1', 'Ev2']) {
    await producer.enqueue('share', { v: 1, fromKey: 'a', outboxKey: 'b', target: { kind: 'channel', channel: 'C1' } }, { once });
  }
  expect((await producer.depths([])).work).toBe(2);
  await producer.close();
});

test('with Redis down the producer says so within its deadline instead of waiting for ever', async () => {
  const producer = makeProducer(`redis://127.0.0.1:${await freePort()}`, () => {});
  await expect(producer.enqueue('deliver', { v: 1, channel: 'C1' })).rejects.toThrow();
  await producer.close();
});

test('a payload that its schema does not know is refused before it is stored', async () => {
  const producer = makeProducer(database.url, () => {});
  await expect(producer.enqueue('deliver', { v: 1, channel: '' })).rejects.toThrow();
  await producer.close();
});

test('workers are counted in our own database: another Leakwatch on the same Redis is not ours', async () => {
  const other = await ownDatabase();
  const counts: number[] = [];
  const producer = makeProducer(database.url, () => {});
  const start = async (url: string) => {
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const worker = new Worker('work', async () => {}, { connection, prefix: QUEUE_PREFIX });
    await worker.waitUntilReady();
    return { stop: () => worker.close().then(() => connection.disconnect()) };
  };
  const theirs = await start(other.url);
  counts.push(await producer.workers());
  const ours = await start(database.url);
  counts.push(await producer.workers());
  await Promise.all([theirs.stop(), ours.stop(), producer.close()]);
  await other.close();
  expect(counts).toEqual([0, 1]);
});

test('what an agent has to do is counted beside its sweeps; jobs that it does not take are told, and since when', async () => {
  const producer = makeProducer(database.url, () => {});
  const wanted = { serviceId: 'api-svc', profile: 'heap', since: { kind: 'usual' }, why: 'regular' } as const;
  const heap = (host: string, outboxKey: string, more: { delayMs?: number } = {}) =>
    producer.enqueue(
      'take-heap',
      { v: 1, ...wanted, outboxKey, taking: { id: outboxKey, replica: 'r', atMs: 0 } },
      { host, once: outboxKey, ...more },
    );
  const before = Date.now();
  await heap('hv:stuck', 'a');
  const after = Date.now();
  await heap('hv:stuck', 'b');
  await heap('hv-later', 'c', { delayMs: 60_000 });
  const hosts = ['hv:stuck', 'hv-later', 'hv-idle', 'hv-busy'];
  let release = () => {};
  const busy = new Promise<void>((resolve) => {
    release = resolve;
  });
  const connection = new Redis(database.url, { maxRetriesPerRequest: null });
  const worker = new Worker('host-hv-busy', () => busy, { connection, prefix: QUEUE_PREFIX });
  const begun = new Promise((resolve) => worker.once('active', resolve));
  for (const key of ['d', 'e']) await heap('hv-busy', key);
  await begun;
  expect(await producer.depths(hosts)).toMatchObject({
    'host-hv_stuck': 2,
    'host-hv-later': 1,
    'host-hv-idle': 0,
    'host-hv-busy': 2,
  });
  const [one, ...others] = await producer.untaken(hosts);
  expect([one, others]).toEqual([{ host: 'hv:stuck', waiting: 2, sinceMs: expect.any(Number) }, []]);
  expect(one?.sinceMs).toBeGreaterThanOrEqual(before);
  expect(one?.sinceMs).toBeLessThanOrEqual(after);
  release();
  await worker.close();
  connection.disconnect();
  await producer.close();
});
