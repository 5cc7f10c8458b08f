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
