import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { checkRedis, redisMemory } from '../../src/store/health.js';
import { type RedisPart, startRedis } from '../support/parts/redis.js';

/** A Redis as it should be, and one with everything wrong that a running one can have. */
let good: RedisPart;
let bad: RedisPart;
const clients: Redis[] = [];
const connect = (part: RedisPart) => {
  const client = new Redis(part.url);
  clients.push(client);
  return client;
};
beforeAll(async () => {
  good = await startRedis();
  const wrong = ['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru', '--maxmemory', '1400kb'];
  bad = await startRedis([...wrong, '--replicaof', `127.0.0.1 ${good.port}`, '--replica-serve-stale-data', 'yes']);
});
afterAll(async () => {
  for (const client of clients) await client.quit();
  await bad.stop();
  await good.stop();
});

describe('a real Redis', () => {
  test('as it should be: nothing to say', async () => {
    expect(await checkRedis(connect(good))).toEqual({ refuse: [], warn: [] });
  });

  test('with eviction, as a replica, without AOF, nearly full: each is named with what mends it', async () => {
    const { refuse, warn } = await checkRedis(connect(bad));
    expect(refuse).toEqual([
      expect.stringMatching(/maxmemory-policy is allkeys-lru.*CONFIG SET maxmemory-policy noeviction/),
      expect.stringMatching(/replica.*role is slave.*127\.0\.0\.1/),
    ]);
    expect(warn).toEqual([
      expect.stringMatching(/appendonly is off.*CONFIG SET appendonly yes/),
      expect.stringMatching(/\d+ % full.*Raise maxmemory/),
    ]);
  });

  test('mended while it runs: said no more', async () => {
    const redis = connect(bad);
    await redis.replicaof('NO', 'ONE');
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.config('SET', 'appendonly', 'yes');
    await redis.config('SET', 'maxmemory', '0');
    expect(await checkRedis(redis)).toEqual({ refuse: [], warn: [] });
  });
});

test('what it holds, of how much', async () => {
  const redis = connect(good);
  const { usedBytes = 0, maxBytes } = (await redisMemory(redis)) ?? {};
  expect(usedBytes).toBeGreaterThan(2 ** 18);
  expect(maxBytes).toBeNull();
  await redis.config('SET', 'maxmemory', '64mb');
  expect(await redisMemory(redis)).toMatchObject({ maxBytes: 64 * 2 ** 20 });
  await redis.config('SET', 'maxmemory', '0');
  expect(await redisMemory({ info: async () => '# Memory\r\n' })).toBeNull();
});

describe('what no machine here has', () => {
  const infoOf = (text: string) => ({ info: async () => text.replaceAll('\n', '\r\n') });
  const healthy = 'maxmemory_policy:noeviction\nrole:master\naof_enabled:1\nmaxmemory:1000\nused_memory:799';

  test.each([
    ['6.0.16', 1],
    ['5.0.14', 1],
    ['6.2.0', 0],
    ['7.0.15', 0],
    ['10.0.0', 0],
  ])('version %s', async (version, refused) => {
    const { refuse } = await checkRedis(infoOf(`# Server\nredis_version:${version}\n${healthy}`));
    expect(refuse).toHaveLength(refused);
  });

  test('just below and at four fifths of its memory', async () => {
    expect((await checkRedis(infoOf(healthy))).warn).toEqual([]);
    expect((await checkRedis(infoOf(healthy.replace('799', '800')))).warn).toEqual([expect.stringContaining('80 % full')]);
  });

  test('a disk that is full', async () => {
    expect((await checkRedis(infoOf(`${healthy}\naof_last_write_status:err`))).warn).toEqual([expect.stringContaining('disk')]);
  });
});
