import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { OutboxDrain } from '../../src/model/delivery.js';
import { makeProducer, type Producer, QUEUE_PREFIX } from '../../src/queue/enqueue.js';
import { BUDGET_LIMITS } from '../../src/store/budget.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { until } from '../support/parts/process.js';
import { FAST, said } from './harness.js';
import { check, type Faults, type Left, type Wanted } from './kill-checker.js';
import type { Orders, Point } from './kill-worker.js';
import { spawnWorker } from './kill-worker-process.js';
import type { SlackServer } from './slack-server.js';

/** `at`: a named point. `afterMs`: so long after the worker began to take jobs, wherever it is then. */
export type Kill = { readonly at: Point } | { readonly afterMs: number };

/**
 * The waits of production, about forty times shorter and in the same order: a claim outlives the request that was begun in
 * its time, a lock ends before anybody takes the job over, and Slack has stored what it took before it is posted again.
 */
export const TIMES: Pick<Orders, 'settings' | 'claim' | 'limits' | 'budget'> = {
  settings: { lockDuration: 300, stalledInterval: 80 },
  claim: { sendWindowMs: 100, requestMs: 250, marginMs: 50 },
  limits: { ...FAST, settleMs: 250, backoffMs: { first: 10, last: 50 } },
  budget: { ...BUDGET_LIMITS, postSpacingMs: 3, updateBurst: 1_000 },
};
const SETTLE_MS = 30_000;
/** So that every worker finds something new to post, whatever it has to finish first. */
const IN_STOCK = 3;

export type LoopOptions = {
  readonly slack: SlackServer;
  /** A database of its own for each lane; lanes run side by side. */
  readonly redisUrls: readonly string[];
  readonly workerFile: string;
  readonly kills: readonly Kill[];
  readonly random: () => number;
  readonly forgets?: boolean;
};

export type LoopResult = { readonly wanted: readonly Wanted[]; readonly left: Left; readonly faults: Faults };

/** Says messages, kills the worker that delivers them as often as asked for, lets the last one finish, and checks. */
export async function killLoop(options: LoopOptions): Promise<LoopResult> {
  const { redisUrls, kills, slack } = options;
  const lanes = redisUrls.map((url, n) =>
    runLane(
      options,
      url,
      `C${n}`,
      kills.filter((_, i) => i % redisUrls.length === n),
    ),
  );
  const done = await Promise.all(lanes);
  const wanted = done.flatMap((lane) => lane.wanted);
  const left = {
    entries: done.flatMap((lane) => lane.left.entries),
    pendingChannels: done.flatMap((lane) => lane.left.pendingChannels),
    jobs: done.reduce((sum, lane) => sum + lane.left.jobs, 0),
  };
  return { wanted, left, faults: check(wanted, slack.messages, left) };
}

async function runLane(options: LoopOptions, redisUrl: string, channel: string, kills: readonly Kill[]) {
  const { slack, workerFile, random, forgets = false } = options;
  const redis = new Redis(redisUrl);
  const producer = makeProducer(redisUrl, () => {});
  const speaker = makeSpeaker(makeOutbox(redis), producer, channel);
  // the next one loads while the present one works
  let [worker, spare] = [spawnWorker(workerFile), spawnWorker(workerFile)];
  const begin = async (strike: Point | null): Promise<void> => {
    await worker.kill();
    [worker, spare] = [spare, spawnWorker(workerFile)];
    await worker.begin({ ...TIMES, redisUrl, apiUrl: slack.apiUrl, strike, forgets });
  };
  try {
    for (const kill of kills) {
      await speaker.stock(IN_STOCK + ('afterMs' in kill ? 6 : 0));
      await begin('at' in kill ? kill.at : null);
      if ('at' in kill) await worker.reaches(kill.at);
      else await sleep(kill.afterMs);
      await worker.kill();
      if (random() < 0.5) await speaker.changeOne(random());
    }
    await begin(null);
    await until(
      `${channel} to be delivered`,
      SETTLE_MS,
      async () => (await redis.smembers('leakwatch:v1:outbox-channels')).length === 0,
    );
    await until('its queue to be empty', SETTLE_MS, async () => (await jobsLeft(redis)) === 0);
    return { wanted: speaker.wanted(), left: await speaker.left(await jobsLeft(redis)) };
  } finally {
    await Promise.all([worker.kill(), spare.kill()]);
    await producer.close();
    redis.disconnect();
  }
}

/** What the rest of Leakwatch does in a channel: says, and asks for delivery. */
export function makeSpeaker(outbox: OutboxDrain, { enqueue }: Producer, channel: string) {
  const texts = new Map<string, string>();
  const say = async (key: string, text: string) => {
    texts.set(key, text);
    await outbox.say(key, { kind: 'channel', channel }, said(text));
    await enqueue('deliver', { v: 1, channel }, { collapse: channel });
  };
  const unposted = async () => (await outbox.pending(channel)).filter(({ ts }) => !ts);
  return {
    /** New messages until so many wait to be posted. */
    async stock(wanted: number): Promise<void> {
      const waiting = (await unposted()).filter(({ state }) => state === 'pending').length;
      for (let n = waiting; n < wanted; n += 1) await say(`${channel}-${texts.size}`, `message ${texts.size}`);
    },
    /** One of those around the front: posted, in flight, or next. */
    async changeOne(random: number): Promise<void> {
      const front = texts.size - (await unposted()).length;
      const keys = [...texts.keys()].slice(Math.max(0, front - 4), front + 2);
      const key = keys[Math.floor(random * keys.length)];
      if (key) await say(key, `${texts.get(key)}, changed`);
    },
    wanted: (): Wanted[] => [...texts].map(([key, text]) => ({ key, channel, text })),
    async left(jobs: number): Promise<Left> {
      const entries = await Promise.all([...texts.keys()].map((key) => outbox.get(key)));
      return { entries, jobs, pendingChannels: await outbox.pendingChannels() };
    },
  };
}

export async function jobsLeft(redis: Redis): Promise<number> {
  const queue = new Queue('deliver', { connection: redis, prefix: QUEUE_PREFIX });
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
  await queue.close();
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

/** Kills in all: the named points in turn, and at random moments in between. */
export function planKills(count: number, random: () => number, randomShare = 0.3): Kill[] {
  const points: Point[] = ['before-post', 'after-post', 'after-receipt'];
  let named = 0;
  return Array.from({ length: count }, () =>
    random() < randomShare ? { afterMs: Math.floor(random() * 800) } : { at: points[named++ % 3] ?? 'after-post' },
  );
}

/** 0…1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
