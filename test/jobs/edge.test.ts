import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { type Consumer, consume } from '../../jobs/consume.js';
import type { JobContext } from '../../jobs/context.js';
import { personError, worldError } from '../../src/errors.js';
import { JOB_NAMES, type JobName } from '../../src/queue/catalogue.js';
import { makeProducer, type Producer, QUEUE_PREFIX } from '../../src/queue/enqueue.js';
import { until } from '../support/parts/process.js';
import { ownDatabase } from '../support/parts/redis.js';

let database: Awaited<ReturnType<typeof ownDatabase>>;
let redis: Redis;
let queue: Queue;
let producer: Producer;
let consumer: Consumer;
let work: (context: JobContext) => Promise<void>;
let starts: JobContext[];
let told: { name: JobName; sentence: string }[];
let logged: string;
beforeAll(async () => {
  database = await ownDatabase();
});
beforeEach(() => {
  [starts, told, logged] = [[], [], ''];
  redis = new Redis(database.url);
  queue = new Queue('work', { connection: redis, prefix: QUEUE_PREFIX });
  producer = makeProducer(database.url, () => {});
  const keep = (line: string) => {
    logged += line;
  };
  const run = (_: unknown, context: JobContext) => {
    starts.push(context);
    return work(context);
  };
  consumer = consume('work', {
    ...{ redisUrl: database.url, concurrency: 2, processors: Object.fromEntries(JOB_NAMES.map((name) => [name, run])) },
    log: pino({}, { write: keep }),
    lost: async (name, _payload, sentence) => void told.push({ name, sentence }),
  });
});
afterEach(async () => {
  await consumer.close();
  await queue.close();
  await producer.close();
  await redis.flushdb();
  redis.disconnect();
});
afterAll(() => database.close());

const ask = () =>
  producer.enqueue('top', { v: 1, outboxKey: 'a', target: { kind: 'channel', channel: 'C1' }, askedAtMs: 0 }, { once: 'a' });
const ended = () => until('the job to end for good', 8_000, async () => (await queue.getJobCounts('failed')).failed === 1);
const referenceIn = (sentence = '') => /reference ([0-9a-f]{8})/.exec(sentence)?.[1] ?? 'no reference';

test("a person's error ends the job at once, in its own words", async () => {
  work = () => Promise.reject(personError('No "api-svr" on 3 hosts.'));
  await ask();
  await ended();
  expect(starts).toHaveLength(1);
  expect(told).toEqual([{ name: 'top', sentence: 'No "api-svr" on 3 hosts.' }]);
});

test("the world's error is tried as often as the catalogue says, then said, with a reference that is in the log", async () => {
  work = () => Promise.reject(worldError('Prometheus: no answer in 5 s'));
  await ask();
  await ended();
  expect(starts.map(({ startedBefore }) => startedBefore)).toEqual([0, 1, 2]);
  expect(told).toEqual([{ name: 'top', sentence: expect.stringMatching(/^Prometheus: no answer in 5 s \(reference/) }]);
  expect(logged).toContain(referenceIn(told[0]?.sentence));
});

test("what the world said in it is no markup: a server's own words, the name of a container", async () => {
  work = () => Promise.reject(worldError('Prometheus: answered 422: <!channel> *x* <http://evil.example|here>'));
  await ask();
  await ended();
  expect(told[0]?.sentence).toContain('Prometheus: answered 422: &lt;!channel&gt;');
  expect(told[0]?.sentence).not.toMatch(/[<*]/);
});

test('a bug is said without its innards, which are in the log under the same reference', async () => {
  work = async ({ startedBefore }) => {
    if (startedBefore < 2) throw worldError('Redis');
    throw new TypeError('x is not a function');
  };
  await ask();
  await ended();
  expect(told).toHaveLength(1);
  expect(told[0]?.sentence).not.toContain('function');
  expect(logged.split('\n').find((line) => line.includes(referenceIn(told[0]?.sentence)))).toContain('x is not a function');
});

test('an error that passes is not said', async () => {
  work = async ({ startedBefore }) => {
    if (startedBefore === 0) throw worldError('Redis');
  };
  await ask();
  await until('the job to be done', 5_000, async () => (await queue.getJobCounts('completed')).completed === 1);
  expect(told).toEqual([]);
});

test.each([
  ['a payload of another version', 'top', { v: 2, outboxKey: 'a', target: { kind: 'channel', channel: 'C1' }, askedAtMs: 0 }],
  ['a payload with a wrong type', 'top', { v: 1, outboxKey: 7, target: { kind: 'channel', channel: 'C1' }, askedAtMs: 0 }],
  ['a payload that is none', 'top', []],
  ['a job that nobody here knows', 'heap-of-next-year', { v: 1 }],
])('%s is put aside: not run, not tried again, not said to anybody', async (_, name, data) => {
  work = () => Promise.resolve();
  await queue.add(name, data, { attempts: 5 });
  await ended();
  expect(starts).toEqual([]);
  expect(told).toEqual([]);
  expect(logged.match(/put aside/g)).toHaveLength(1);
});
