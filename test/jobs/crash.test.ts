import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { CATALOGUE } from '../../src/queue/catalogue.js';
import { makeProducer, QUEUE_PREFIX } from '../../src/queue/enqueue.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { bundle } from '../support/bundle.js';
import { until } from '../support/parts/process.js';
import { ownDatabase } from '../support/parts/redis.js';

let database: Awaited<ReturnType<typeof ownDatabase>>;
let worker: Awaited<ReturnType<typeof bundle>>;
let redis: Redis;
beforeAll(async () => {
  database = await ownDatabase();
  redis = new Redis(database.url);
  worker = await bundle(new URL('./crash-worker.ts', import.meta.url));
});
afterAll(async () => {
  redis.disconnect();
  await worker.remove();
  await database.close();
});

test('a job that kills its worker five times is put aside, and the one who waits is told; the queue does not give up before', async () => {
  const producer = makeProducer(database.url, () => {});
  const target = { kind: 'channel', channel: 'C1' } as const;
  await producer.enqueue('top', { v: 1, outboxKey: 'a', target, askedAtMs: 0 });
  await producer.close();
  const queue = new Queue('work', { connection: redis, prefix: QUEUE_PREFIX });
  const failed = async () => (await queue.getJobs('failed'))[0];

  let deaths = 0;
  while (!(await failed())) {
    const child = spawn(process.execPath, [worker.file], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const dead = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    child.send(database.url);
    await until('the job to be put aside', 30_000, async () => child.signalCode === 'SIGKILL' || (await failed()));
    if (await failed()) child.kill('SIGKILL');
    else deaths += 1;
    expect(await dead).toBe('SIGKILL');
  }
  expect(deaths).toBe(CATALOGUE.top.maxCrashes);
  expect((await failed())?.failedReason).toBe('crashed too often');
  const entry = await makeOutbox(redis).get('a');
  expect(entry?.message.text).toMatch(/it stopped the worker 5 times \(reference [0-9a-f]{8}\)/);
  expect(await redis.llen('leakwatch:v1:bull:deliver:wait')).toBe(1);
  await queue.close();
}, 90_000);
