import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { type EnqueueOptions, makeProducer, QUEUE_PREFIX } from '../../src/queue/enqueue.js';
import { freePort, until } from '../support/parts/process.js';
import { ownDatabase } from '../support/parts/redis.js';

let database: Awaited<ReturnType<typeof ownDatabase>>;
beforeAll(async () => {
  database = await ownDatabase();
});
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  const redis = new Redis(database.url);
  await redis.flushdb();
  redis.disconnect();
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

test('what was done once stays known, whatever else is done meanwhile: what collapses and what is scheduled leaves nothing behind', async () => {
  const producer = makeProducer(database.url, () => {});
  const done: string[] = [];
  const connection = new Redis(database.url, { maxRetriesPerRequest: null });
  const worker = new Worker('work', async ({ name }) => void done.push(name), { connection, prefix: QUEUE_PREFIX });
  const home = (user: string, options: EnqueueOptions) => producer.enqueue('home', { v: 1, user }, options);
  const count = (wanted: string) => done.filter((name) => name === wanted).length;
  stops.push(
    () => worker.close().then(() => connection.disconnect()),
    () => producer.close(),
  );
  await home('U0', { once: 'U0' });
  for (let i = 1; i <= 30; i += 1) await home(`U${i}`, { once: `U${i}`, collapse: `U${i}` });
  for (let i = 1; i <= 30; i += 1) await producer.enqueue('watch', { v: 1, serviceId: `s-${i}` }, { collapse: `s-${i}` });
  await producer.schedule('rounds', 100);
  await until('two rounds', 10_000, async () => count('rounds') >= 2 && count('watch') === 30);
  await home('U0', { once: 'U0' });
  await home('U31', { once: 'U31' });
  await until('the next one', 10_000, async () => count('home') >= 32);
  expect(count('home')).toBe(32);
  expect((await connection.keys(`${QUEUE_PREFIX}:work:watch*`)).length).toBe(0);
  expect(await connection.zcard(`${QUEUE_PREFIX}:work:completed`)).toBe(32);
});

/** What this process takes for the time; delays on the way to Redis and back do not mind. */
function setClock(aheadMs: number): void {
  const now = Date.now.bind(Date);
  Date.now = () => now() + aheadMs;
}

test('a clock that is set back an hour stops neither the sweeps nor what waits for a second try', async () => {
  const producer = makeProducer(database.url, () => {});
  const done: string[] = [];
  const worker = (queue: string) => {
    const connection = new Redis(database.url, { maxRetriesPerRequest: null });
    const one = new Worker(queue, async ({ name }) => void done.push(name), { connection, prefix: QUEUE_PREFIX });
    stops.push(() => one.close().then(() => connection.disconnect()));
  };
  const count = (wanted: string) => done.filter((name) => name === wanted).length;
  const real = Date.now;
  stops.push(
    async () => {
      Date.now = real;
    },
    () => producer.close(),
  );
  setClock(3_600_000);
  await producer.schedule('sample', 200, 'hv-01');
  await producer.enqueue('home', { v: 1, user: 'U1' }, { delayMs: 1_000 });
  await producer.schedule('rounds', 5_000);
  Date.now = real;
  worker('sample-hv-01');
  worker('work');
  await producer.schedule('sample', 200, 'hv-01');
  await producer.schedule('rounds', 5_000);
  await until('sweeps, and what waited', 10_000, async () => count('sample') >= 3 && count('home') === 1);
});

test('a schedule that is said again stays as it is', async () => {
  const producer = makeProducer(database.url, () => {});
  stops.push(() => producer.close());
  const redis = new Redis(database.url);
  const waiting = () => redis.zrange(`${QUEUE_PREFIX}:sample-hv-01:delayed`, '0', '-1');
  await producer.schedule('sample', 900_000, 'hv-01');
  const connection = new Redis(database.url, { maxRetriesPerRequest: null });
  const worker = new Worker('sample-hv-01', async () => {}, { connection, prefix: QUEUE_PREFIX });
  stops.push(() => worker.close().then(() => connection.disconnect()));
  const [next] = await until('the next sweep', 10_000, async () => ((await waiting()).length > 0 ? waiting() : null));
  for (let i = 0; i < 3; i += 1) await producer.schedule('sample', 900_000, 'hv-01');
  expect(await waiting()).toEqual([next]);
  redis.disconnect();
});

test('a host that is gone for good leaves nothing behind: what its queues hold has an end, and what nobody reads is short', async () => {
  const producer = makeProducer(database.url, () => {});
  const connection = new Redis(database.url, { maxRetriesPerRequest: null });
  const done: string[] = [];
  const worker = new Worker('sample-hv-01', async ({ name }) => void done.push(name), {
    connection,
    prefix: QUEUE_PREFIX,
    concurrency: 8,
  });
  const failing = new Worker('host-hv-01', async () => Promise.reject(new Error('no')), { connection, prefix: QUEUE_PREFIX });
  stops.push(
    () => Promise.all([worker.close(), failing.close()]).then(() => connection.disconnect()),
    () => producer.close(),
  );
  await producer.schedule('sample', 900_000, 'hv-01');
  for (let i = 0; i < 400; i += 1) await producer.enqueue('sample', { v: 1 }, { host: 'hv-01' });
  await producer.enqueue('sample', { v: 1 }, { host: 'hv-01', delayMs: 900_000 });
  await until('sweeps', 20_000, async () => done.length >= 400);
  await producer.schedule('sample', 900_000, 'hv-01');
  const names = await connection.keys(`${QUEUE_PREFIX}:*-hv-01:*`);
  const forever = await Promise.all(names.map(async (name) => ((await connection.pttl(name)) < 0 ? [name] : [])));
  expect(forever.flat()).toEqual([]);
  expect(names.length).toBeGreaterThan(8);
  expect(await connection.xlen(`${QUEUE_PREFIX}:sample-hv-01:events`)).toBeLessThanOrEqual(250);
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
