import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeProducer } from '../../src/queue/enqueue.js';
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
