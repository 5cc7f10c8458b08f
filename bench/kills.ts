import { freezeLoop } from '../test/delivery/freeze-loop.js';
import { CLEAN, type Faults } from '../test/delivery/kill-checker.js';
import { type Kill, killLoop, planKills, seeded } from '../test/delivery/kill-loop.js';
import { bundleWorker } from '../test/delivery/kill-worker-process.js';
import { startSlackServer } from '../test/delivery/slack-server.js';
import { startRedis } from '../test/support/parts/redis.js';

/**
 * Delivery under `kill -9`: workers are killed at each named point of a post and at random moments, and what can be read in
 * Slack is compared with what was said. Then of two workers one is frozen while it posts, for longer than its claim lives.
 * Beside them in the same run, the control: a delivery that posts again without looking. Target: 0 lost, 0 doubled. Zero in n
 * trials bounds the rate below 3/n (95 %). KILLS, FREEZES and SEED are taken from the environment.
 */
const KILLS = Number(process.env.KILLS ?? 200);
const FREEZES = Number(process.env.FREEZES ?? 40);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const CONTROL_KILLS = 20;
const LANES = 4;

const redis = await startRedis();
const worker = await bundleWorker();
const random = seeded(SEED);
try {
  const kills = planKills(KILLS, random);
  const ours = await run(`${KILLS} kills (seed ${SEED})`, kills, 1, false);
  const afterThePost = Array.from({ length: CONTROL_KILLS }, (): Kill => ({ at: 'after-post' }));
  const control = await run(`the control, ${CONTROL_KILLS} kills after the post`, afterThePost, 1 + LANES, true);
  const clean = [ours, ...(await freeze(1 + 2 * LANES))].every((faults) => JSON.stringify(faults) === JSON.stringify(CLEAN));
  if (!clean || control.doubled.length === 0) process.exitCode = 1;
} finally {
  await worker.remove();
  await redis.stop();
}

async function run(what: string, kills: readonly Kill[], firstDatabase: number, forgets: boolean): Promise<Faults> {
  const slack = await startSlackServer();
  const redisUrls = Array.from({ length: LANES }, (_, n) => `${redis.url}/${firstDatabase + n}`);
  const from = performance.now();
  try {
    const { wanted, faults } = await killLoop({ slack, redisUrls, workerFile: worker.file, kills, random, forgets });
    const edits = slack.callsOf('chat.update').length;
    console.log(`${what}: ${points(kills)}\n  ${wanted.length} messages, ${edits} edits: ${summary(faults)}`);
    console.log(`  ${((performance.now() - from) / 1000).toFixed(1)} s`);
    for (const [name, keys] of Object.entries(faults)) if (keys.length > 0) console.log(`  ${name}: ${keys.join(' ')}`);
    return faults;
  } finally {
    await slack.close();
  }
}

async function freeze(firstDatabase: number): Promise<Faults[]> {
  const slack = await startSlackServer();
  const lanes = Array.from({ length: LANES }, (_, n) => ({ channel: `F${n}`, redisUrl: `${redis.url}/${firstDatabase + n}` }));
  const freezes = Math.ceil(FREEZES / LANES);
  try {
    const common = { slack, workerFile: worker.file, freezes, random };
    const results = await Promise.all(lanes.map((lane) => freezeLoop({ ...common, ...lane })));
    const messages = results.reduce((sum, { wanted }) => sum + wanted.length, 0);
    console.log(`${freezes * LANES} freezes of one of two workers: ${messages} messages`);
    for (const { faults } of results) console.log(`  ${summary(faults)}`);
    return results.map(({ faults }) => faults);
  } finally {
    await slack.close();
  }
}

function summary(faults: Faults): string {
  return Object.entries(faults)
    .map(([name, keys]) => `${keys.length} ${name}`)
    .join(', ');
}

function points(kills: readonly Kill[]): string {
  const counts = new Map<string, number>();
  for (const kill of kills) {
    const name = 'at' in kill ? kill.at : 'at a random moment';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}
