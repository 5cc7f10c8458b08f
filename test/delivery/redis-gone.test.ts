import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { makeProducer, type Producer } from '../../src/queue/enqueue.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { freePort, until } from '../support/parts/process.js';
import { type RedisPart, startRedis } from '../support/parts/redis.js';
import { CLEAN, check } from './kill-checker.js';
import { jobsLeft, makeSpeaker, TIMES } from './kill-loop.js';
import { bundleWorker, spawnWorker, type WorkerProcess } from './kill-worker-process.js';
import { type SlackServer, startSlackServer } from './slack-server.js';

/** Redis goes away in the middle of a channel's messages, and the same worker goes on by itself when it is back. */
const MESSAGES = 20;
const SPACING_MS = 30;

let redis: RedisPart;
let folder: string;
let client: Redis;
let producer: Producer;
let slack: SlackServer;
let entry: Awaited<ReturnType<typeof bundleWorker>>;
let worker: WorkerProcess;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leakwatch-gone-'));
  redis = await startRedis([], await freePort(), folder);
  client = new Redis(redis.url);
  client.on('error', () => {});
  producer = makeProducer(redis.url, () => {});
  slack = await startSlackServer();
  entry = await bundleWorker();
  worker = spawnWorker(entry.file);
  const budget = { ...TIMES.budget, postSpacingMs: SPACING_MS };
  await worker.begin({ ...TIMES, budget, redisUrl: redis.url, apiUrl: slack.apiUrl, strike: null, forgets: false });
});
afterEach(async () => {
  await worker.kill();
  await producer.close();
  client.disconnect();
  await slack.close();
  await redis.stop();
  await entry.remove();
  await rm(folder, { recursive: true });
});

/** Does `strike` each time so many more messages can be read, and sees to it that in the end everything can, once. */
async function throughout(strikeAfter: readonly number[], strike: () => Promise<void>): Promise<void> {
  const speaker = makeSpeaker(makeOutbox(client), producer, 'C1');
  await speaker.stock(MESSAGES);
  for (const count of strikeAfter) {
    while (slack.messages.length < count) await sleep(1);
    await strike();
  }
  await until('all to be delivered', 30_000, async () => (await makeOutbox(client).pendingChannels()).length === 0);
  await until('the queue to be empty', 10_000, async () => (await jobsLeft(client)) === 0);
  const wanted = speaker.wanted();
  expect(check(wanted, slack.messages, await speaker.left(0))).toEqual(CLEAN);
  expect(wanted).toHaveLength(MESSAGES);
  expect(worker.alive()).toBe(true);
}

test('kill -9 of Redis, three times, with its append-only file: nothing is lost, doubled or out of order', async () => {
  await throughout([3, 8, 14], async () => {
    await redis.kill();
    redis = await startRedis([], redis.port, folder);
  });
}, 90_000);

test('Redis frozen for longer than claims, locks and the time limits of commands: the same', async () => {
  await throughout([4, 11], async () => {
    redis.freeze();
    await sleep(1_300);
    redis.thaw();
  });
}, 90_000);

test('Redis full, twice, while Slack puts posts off: the same, by the same worker, once there is room', async () => {
  await throughout([3, 9], async () => {
    slack.fault({ method: 'chat.postMessage', kind: 'limited', retryAfter: '1' });
    await client.config('SET', 'maxmemory', '1mb');
    await sleep(2_000);
    await client.config('SET', 'maxmemory', '0');
  });
}, 60_000);

test('Slack stores a post and never says so, while Redis is full: it is found, not said again', async () => {
  await throughout([5], async () => {
    slack.fault({ method: 'chat.postMessage', kind: 'reset', after: true });
    await client.config('SET', 'maxmemory', '1mb');
    await sleep(2_000);
    await client.config('SET', 'maxmemory', '0');
  });
}, 60_000);
