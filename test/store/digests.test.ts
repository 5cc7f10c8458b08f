import { beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { SlowGrower } from '../../src/model/digest.js';
import { makeDigests } from '../../src/store/digests.js';
import { ownRedis } from '../support/own-redis.js';

const HOUR = 3_600_000;
const NOW = 1_700_000_000_000;

const { redis, database } = await ownRedis();
beforeEach(() => redis.flushdb());

const grower = (id: string, atMs = NOW): SlowGrower => ({
  ...{ service: { id, name: id }, atMs, verdict: 'suspicious', growthBytesPerHour: 400_000, limitAtMs: null },
});
const names = async (nowMs = NOW) => (await makeDigests(redis).kept(nowMs)).map(({ service }) => service.id).sort();

test('one a service: the newest stays, in whatever order they come', async () => {
  const digests = makeDigests(redis);
  for (const atMs of [NOW - 9, NOW, NOW - 5]) await digests.keep(grower('api', atMs));
  await digests.keep(grower('web'));
  expect(await digests.kept(NOW)).toEqual(expect.arrayContaining([grower('api', NOW), grower('web')]));
  expect(await names()).toEqual(['api', 'web']);
});

test('each lives for 36 hours, whatever comes after it; nothing stays for ever', async () => {
  const digests = makeDigests(redis);
  await digests.keep(grower('api'));
  expect(await names(NOW + 36 * HOUR)).toEqual(['api']);
  expect(await names(NOW + 36 * HOUR + 1)).toEqual([]);
  await digests.keep(grower('web', NOW + 37 * HOUR));
  expect(await redis.hlen('leakwatch:v1:digest-growers')).toBe(1);
  await digests.settle({ date: '2026-11-24', atMs: NOW });
  for (const name of await redis.keys('*')) expect(await redis.pttl(name)).toBeGreaterThan(35 * HOUR);
});

test('a thousand at most: the oldest leave', async () => {
  const digests = makeDigests(redis);
  await Promise.all(Array.from({ length: 1_010 }, (_, i) => digests.keep(grower(`s-${i}`, NOW + i))));
  const kept = await digests.kept(NOW);
  expect(kept).toHaveLength(1_000);
  expect(Math.min(...kept.map(({ atMs }) => atMs))).toBe(NOW + 10);
  expect(await redis.zcard('leakwatch:v1:digest-times')).toBe(1_000);
});

test('the last day is remembered by whoever settled it', async () => {
  const other = new Redis(database.url);
  expect(await makeDigests(redis).last()).toBeNull();
  await makeDigests(other).settle({ date: '2026-11-24', atMs: NOW });
  await other.quit();
  expect(await makeDigests(redis).last()).toEqual({ date: '2026-11-24', atMs: NOW });
});
