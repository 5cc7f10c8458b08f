import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { seeded } from '../delivery/kill-loop.js';
import { until } from '../support/parts/process.js';
import { type RedisPart, startRedis } from '../support/parts/redis.js';
import { CLEAN, checkStorm, mostWithin } from './storm-checker.js';
import { makeStormWorld, type StormWorld } from './world.js';

/** `npm run bench -- storm` does 200 kills and 100 services. */
const KILLS = 15;
const SERVICES = 10;
const SEED = 5;
const PAUSE_MS = 1_500;
/** A lease of somebody who was killed holds its service up for 30 s; two idle cores need no more than that. */
const SETTLE_MS = 120_000;

let redis: RedisPart | undefined;
let world: StormWorld | undefined;
afterEach(async () => {
  await world?.stop();
  await redis?.stop();
  [world, redis] = [undefined, undefined];
}, 60_000);

test(`${KILLS} times kill -9 among bot, workers and agents while ${SERVICES} services leak: each is recorded and said, once`, async () => {
  redis = await startRedis();
  const common = { redisUrl: redis.url, services: SERVICES, sampleSeconds: 1, bots: 1, hosts: 2 };
  world = await makeStormWorld({ ...common, saidWithinMs: (KILLS * PAUSE_MS) / 2 });
  const { crew, settled, recorded, messages } = world;
  const random = seeded(SEED);
  for (let n = 0; n < KILLS; n += 1) {
    await sleep(random() * PAUSE_MS);
    const names = crew.names();
    await crew.kill(names[Math.floor(random() * names.length)] ?? '');
  }
  await until('all to be said', SETTLE_MS, settled);
  expect(checkStorm(await recorded(), messages())).toEqual(CLEAN);
  expect([crew.ended, crew.errors]).toEqual([[], []]);

  // what it would have said of a root less, of one more, and of a leak that nobody recorded
  // After nine in the morning there is a digest, too, and it may be the first.
  const all = messages();
  const root = all.find(({ metadata }) => String(metadata?.event_payload.key).startsWith('i-'));
  const others = all.filter((message) => message !== root);
  if (!root) throw new Error('nothing was said');
  const [first, ...rest] = await recorded();
  if (!first) throw new Error('nothing was recorded');
  expect(checkStorm(await recorded(), others).lost).toHaveLength(1);
  expect(checkStorm(await recorded(), [root, ...messages()]).inTwoPlaces).toHaveLength(1);
  expect(checkStorm([{ ...first, incidents: [] }, ...rest], messages()).unrecorded).toEqual([first.name]);
  expect(mostWithin(Array(11).fill(root), 600_000)).toBe(11);
}, 240_000);
