import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { makeProducer } from '../../src/queue/enqueue.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { until } from '../support/parts/process.js';
import { check } from './kill-checker.js';
import { jobsLeft, type LoopResult, makeSpeaker, TIMES } from './kill-loop.js';
import { spawnWorker } from './kill-worker-process.js';
import type { SlackServer } from './slack-server.js';

/** Longer than a claim and a lock live, so that the other worker takes over while the frozen one still means to post. */
const FREEZE_MS = 900;
const SETTLE_MS = 30_000;

export type FreezeOptions = {
  readonly slack: SlackServer;
  readonly redisUrl: string;
  readonly channel: string;
  readonly workerFile: string;
  readonly freezes: number;
  readonly random: () => number;
};

/** Two workers on one channel; one of them is frozen at a random moment and wakes up when the other has gone on. */
export async function freezeLoop(options: FreezeOptions): Promise<LoopResult> {
  const { slack, redisUrl, channel, workerFile, freezes, random } = options;
  const redis = new Redis(redisUrl);
  const producer = makeProducer(redisUrl, () => {});
  const outbox = makeOutbox(redis);
  const speaker = makeSpeaker(outbox, producer, channel);
  const workers = [spawnWorker(workerFile), spawnWorker(workerFile)];
  try {
    const orders = { ...TIMES, redisUrl, apiUrl: slack.apiUrl, strike: null, forgets: false };
    await Promise.all(workers.map((worker) => worker.begin(orders)));
    for (let n = 0; n < freezes; n += 1) {
      const worker = workers[n % 2];
      await speaker.stock(8);
      await sleep(random() * 25);
      worker?.signal('SIGSTOP');
      await speaker.changeOne(random());
      await sleep(FREEZE_MS);
      await speaker.stock(2);
      worker?.signal('SIGCONT');
    }
    await until(`${channel} to be delivered`, SETTLE_MS, async () => (await outbox.pendingChannels()).length === 0);
    await until('its queue to be empty', SETTLE_MS, async () => (await jobsLeft(redis)) === 0);
    const [wanted, left] = [speaker.wanted(), await speaker.left(await jobsLeft(redis))];
    const visible = slack.messages.filter((one) => one.channel === channel);
    return { wanted, left, faults: check(wanted, visible, left) };
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await producer.close();
    redis.disconnect();
  }
}
