import { afterAll, afterEach, expect, test } from '@jest/globals';
import type { TakenHeap } from '../../src/model/heap-taking.js';
import { makeBriefArchive } from '../../src/store/brief-archive.js';
import { makeHeaps } from '../../src/store/heaps.js';
import { connectRedis } from '../../src/store/redis.js';
import { ownDatabase, untilReady } from '../support/parts/redis.js';

const database = await ownDatabase();
const redis = connectRedis(database.url, 2_000, () => {});
await untilReady(redis);
const heaps = makeHeaps(redis);
afterEach(async () => void (await redis.flushdb()));
afterAll(async () => {
  redis.disconnect();
  await database.close();
});

const DAY = 24 * 3_600_000;
const heap = (id: string, takenAtMs: number): TakenHeap => ({
  ...{
    id,
    service: 'shop/api',
    replica: 'hv/shop/api/1',
    number: 1,
    name: 'api-1',
    host: 'hv',
    containerId: 'c',
    image: 'api:1',
  },
  ...{ profile: 'heap', startedAtMs: 1, takenAtMs, why: 'regular', bytes: 9 },
});
const taking = (id: string) => ({ id, replica: 'r', atMs: 1 });

test('heaps of a service by their time, once each; two weeks of them', async () => {
  for (const one of [heap('b', 20 * DAY), heap('a', 19 * DAY), heap('b', 20 * DAY)]) await heaps.add(one);
  expect((await heaps.ofService('shop/api')).map(({ id }) => id)).toEqual(['a', 'b']);
  await heaps.add(heap('c', 33.5 * DAY));
  expect((await heaps.ofService('shop/api')).map(({ id }) => id)).toEqual(['b', 'c']);
  expect(await heaps.ofService('shop/other')).toEqual([]);
});
test('one taking holds for five minutes, for one service and profile; who let go of it cannot let go of another’s', async () => {
  expect(await heaps.claim('s', 'heap', taking('1'))).toEqual(taking('1'));
  expect(await heaps.claim('s', 'heap', taking('2'))).toEqual(taking('1'));
  expect(await heaps.claim('s', 'allocs', taking('3'))).toEqual(taking('3'));
  await heaps.release('s', 'heap', '2');
  expect(await heaps.claim('s', 'heap', taking('2'))).toEqual(taking('1'));
  await heaps.release('s', 'heap', '1');
  expect(await heaps.claim('s', 'heap', taking('2'))).toEqual(taking('2'));
  const lives = await Promise.all((await redis.keys('*')).map((key) => redis.pttl(key)));
  for (const ms of lives) expect(ms).toBeGreaterThan(290_000);
  for (const ms of lives) expect(ms).toBeLessThanOrEqual(300_000);
});
test('where pprof is, and what came of a heap; all of it has a life', async () => {
  expect([await heaps.placeOf('s'), await heaps.finding('k')]).toEqual([null, null]);
  await heaps.foundAt('s', { port: 6060, path: '/debug/pprof' });
  await heaps.keepFinding('k', { problem: 'x' });
  expect([await heaps.placeOf('s'), await heaps.finding('k')]).toEqual([{ port: 6060, path: '/debug/pprof' }, { problem: 'x' }]);
  for (const key of await redis.keys('*')) expect(await redis.pttl(key)).toBeGreaterThan(0);
});

test('without an archive: the last ones, as far as there is room', async () => {
  const brief = makeBriefArchive(10, () => 7);
  const put = (name: string, bytes: number) => brief.put({ kind: 'heaps', name, form: 'pb.gz', meta: {} }, pieces(bytes));
  for (const name of ['a', 'b', 'a', 'c']) await put(name, 4);
  const kept = await Promise.all(['a', 'b', 'c'].map(async (name) => (await brief.get('heaps', name))?.entry));
  expect(kept.map((entry) => entry && [entry.bytes, entry.atMs, entry.file])).toEqual([[4, 7, null], undefined, [4, 7, null]]);
  await expect(put('d', 11)).rejects.toMatchObject({ who: 'world' });
  expect(await brief.get('series', 'a')).toBeNull();
});

async function* pieces(bytes: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes; i += 1) yield Buffer.from([i]);
}
