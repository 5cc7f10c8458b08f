import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { ownDatabase } from '../support/parts/redis.js';
import { freezeLoop } from './freeze-loop.js';
import { CLEAN, check } from './kill-checker.js';
import { type Kill, killLoop, type LoopResult, planKills, seeded } from './kill-loop.js';
import { bundleWorker } from './kill-worker-process.js';
import { type SlackServer, startSlackServer } from './slack-server.js';

/** `npm run bench -- kills` does 200. */
const KILLS = 30;
/** Ten seconds on two idle cores. */
const BUSY_MACHINE_MS = 120_000;
const SEED = 7;

const databases: Awaited<ReturnType<typeof ownDatabase>>[] = [];
let slack: SlackServer;
let worker: Awaited<ReturnType<typeof bundleWorker>>;
beforeAll(async () => {
  for (let lane = 0; lane < 4; lane += 1) databases.push(await ownDatabase());
  slack = await startSlackServer();
  worker = await bundleWorker();
});
afterEach(async () => {
  slack.reset();
  for (const { url } of databases) {
    const redis = new Redis(url);
    await redis.flushdb();
    await redis.quit();
  }
});
afterAll(async () => {
  await worker.remove();
  await slack.close();
  for (const database of databases) await database.close();
});

function run(kills: readonly Kill[], lanes: readonly number[], forgets = false): Promise<LoopResult> {
  const redisUrls = lanes.map((n) => databases[n]?.url ?? '');
  return killLoop({ slack, redisUrls, workerFile: worker.file, kills, random: seeded(SEED), forgets });
}

test(
  `${KILLS} times kill -9, at every named point and at random moments: every message once, in order, with its last text`,
  async () => {
    const random = seeded(SEED);
    const { wanted, left, faults } = await run(planKills(KILLS, random), [0, 1, 2, 3]);
    expect(faults).toEqual(CLEAN);
    expect(wanted.length).toBeGreaterThan(KILLS / 3);

    // what it would have said of one message less and one copy more
    const [first, second] = slack.messages;
    if (!first || !second) throw new Error('nothing was said');
    const planted = check(wanted, [...slack.messages.slice(1), { ...second, ts: '9999999999.000001' }], left);
    expect(planted.lost).toHaveLength(1);
    expect(planted.doubled).toHaveLength(1);
  },
  BUSY_MACHINE_MS,
);

/** On an idle machine each of them leaves a copy; on a busy one a post may run out of its time, unsent, before the point. */
const AFTER_THE_POST = Array.from({ length: 6 }, (): Kill => ({ at: 'after-post' }));

test(
  'the control: a delivery that posts again without looking leaves copies',
  async () => {
    const { faults } = await run(AFTER_THE_POST, [0, 1], true);
    expect(faults.doubled.length).toBeGreaterThan(0);
    expect(faults.lost).toEqual([]);
  },
  BUSY_MACHINE_MS,
);

test(
  'the control: with a history that shows nothing, looking does not help',
  async () => {
    slack.fault({ method: 'conversations.history', kind: 'empty', times: Number.POSITIVE_INFINITY });
    const { faults } = await run(AFTER_THE_POST, [0, 1]);
    expect(faults.doubled.length).toBeGreaterThan(0);
  },
  BUSY_MACHINE_MS,
);

test(
  'of two workers one is frozen while it posts, longer than its claim lives: nothing is said twice',
  async () => {
    const lanes = [0, 1].map((n) =>
      freezeLoop({
        ...{ slack, channel: `F${n}`, workerFile: worker.file, freezes: 5, random: seeded(SEED + n) },
        redisUrl: databases[n]?.url ?? '',
      }),
    );
    for (const { faults, wanted } of await Promise.all(lanes)) {
      expect(faults).toEqual(CLEAN);
      expect(wanted.length).toBeGreaterThan(10);
    }
  },
  BUSY_MACHINE_MS,
);
