import { expect, test } from '@jest/globals';
import { makeArchiveReports } from '../../src/store/archive-reports.js';
import { ownRedis } from '../support/own-redis.js';

const { redis } = await ownRedis();

test('each worker’s last word, until it has said nothing for five minutes', async () => {
  const reports = makeArchiveReports(redis);
  await reports.say({ worker: 'w-2', atMs: 1, problem: 'its disk is full' });
  await reports.say({ worker: 'w-1', atMs: 1, problem: 'its disk is full' });
  await reports.say({ worker: 'w-1', atMs: 2, state: { entries: 1, bytes: 2, mostBytes: null } });
  expect(await reports.all()).toEqual([
    { worker: 'w-1', atMs: 2, state: { entries: 1, bytes: 2, mostBytes: null } },
    { worker: 'w-2', atMs: 1, problem: 'its disk is full' },
  ]);
  const lives = await Promise.all((await redis.keys('leakwatch:v1:archive*')).map((name) => redis.pttl(name)));
  expect(lives).toHaveLength(3);
  for (const life of lives) expect(Math.abs(life - 5 * 60_000)).toBeLessThan(5_000);
  const [gone = ''] = (await redis.keys('leakwatch:v1:archive:*')).slice(0, 1);
  await redis.del(gone);
  expect(await reports.all()).toHaveLength(1);
  expect(await redis.scard('leakwatch:v1:archives')).toBe(1);
});
