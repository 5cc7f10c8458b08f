import { beforeEach, expect, test } from '@jest/globals';
import { makeStorms } from '../../src/store/storms.js';
import { ownRedis } from '../support/own-redis.js';

const [SECOND, MINUTE] = [1_000, 60_000];
/** Long ago: nothing here may ask Redis what time it is. */
const T0 = Date.UTC(2026, 0, 5);

const { redis } = await ownRedis();
beforeEach(() => redis.flushdb());

/** A leak each 20 s, from `atMs` on: which storm each is in. */
async function leaks(names: string, atMs: number): Promise<(string | null)[]> {
  const told: (string | null)[] = [];
  for (const [i, id] of [...names].entries())
    told.push(await makeStorms(redis).join('C1', { id, service: { id, name: id } }, false, atMs + i * 20 * SECOND));
  return told;
}

test('the fifth leak within two minutes begins a storm, and who comes within ten minutes is in it', async () => {
  expect(await leaks('abcdef', T0)).toEqual([null, null, null, null, 's-e', 's-e']);
  expect(await leaks('g', T0 + 11 * MINUTE)).toEqual(['s-e']);
  expect(await makeStorms(redis).members('s-e')).toEqual(['e', 'f', 'g']);
});

test('a storm that nobody joined for ten minutes is over, however fast or slow they went by', async () => {
  await leaks('abcde', T0);
  expect(await leaks('fghijk', T0 + 12 * MINUTE + SECOND)).toEqual([null, null, null, null, 's-j', 's-j']);
});

test('five in a quarter of an hour are five leaks', async () => {
  for (const [i, id] of [...'abcde'].entries()) expect(await leaks(id, T0 + i * 3 * MINUTE)).toEqual([null]);
});

test('one a minute may leave, and nothing is kept for ever', async () => {
  await leaks('abcde', T0);
  const { mayLeave } = makeStorms(redis);
  const at = [T0, T0 + 59 * SECOND, T0 + MINUTE, T0 + 2 * MINUTE - 1];
  const may: boolean[] = [];
  for (const nowMs of at) may.push(await mayLeave('C1', nowMs));
  expect(may).toEqual([true, false, true, false]);
  for (const name of await redis.keys('*')) expect(await redis.pttl(name)).toBeGreaterThan(0);
});
