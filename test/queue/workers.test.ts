import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { consume } from '../../jobs/consume.js';
import type { Processors } from '../../jobs/processors.js';
import { makeProducer } from '../../src/queue/enqueue.js';
import { until } from '../support/parts/process.js';
import { ownDatabase } from '../support/parts/redis.js';

const log = pino({ level: 'silent' });
const done = async () => {};
const processors: Processors = { check: done, top: done, share: done, chart: done };
let ours: Awaited<ReturnType<typeof ownDatabase>>;
let theirs: Awaited<ReturnType<typeof ownDatabase>>;
beforeAll(async () => {
  [ours, theirs] = [await ownDatabase(), await ownDatabase()];
});
afterAll(async () => {
  await ours.close();
  await theirs.close();
});

test('workers are counted where they are: not those of another Leakwatch, in another database of the same Redis', async () => {
  const worker = consume('work', { redisUrl: theirs.url, concurrency: 1, processors, log, lost: done });
  const [here, there] = [ours, theirs].map(({ url }) => makeProducer(url, () => {}));
  try {
    await until('the worker to be seen', 5_000, async () => (await there?.workers()) === 1);
    expect(await here?.workers()).toBe(0);
  } finally {
    await worker.close();
    await Promise.all([here?.close(), there?.close()]);
  }
});
