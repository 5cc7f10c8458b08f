import { beforeEach, describe, expect, test } from '@jest/globals';
import { BUDGET_LIMITS, makeBudget } from '../../src/store/budget.js';
import { withFreshness } from '../../src/store/cache.js';
import { CLAIM_LIMITS, makeClaims } from '../../src/store/claims.js';
import { makeHeaps } from '../../src/store/heaps.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeInventory } from '../../src/store/inventory.js';
import { makeKnownElsewhere } from '../../src/store/known-elsewhere.js';
import { makePages } from '../../src/store/pages.js';
import { makeRounds } from '../../src/store/rounds.js';
import { makeStorms } from '../../src/store/storms.js';
import { replica } from '../support/fleet.js';
import { incident } from '../support/incidents.js';
import { ownRedis } from '../support/own-redis.js';

/**
 * What was written at four is read at three: nothing of it may wait until it is four again.
 *
 *     03:00 ────────── 04:00
 *       ▲────────────────┘
 */
const [MINUTE, HOUR] = [60_000, 3_600_000];
const FOUR = 1_700_000_000_000;
const THREE = FOUR - HOUR;

const { redis } = await ownRedis();
beforeEach(() => redis.flushdb());

/** What Redis makes of the lives of all its keys when its own clock is set back. */
async function anHourMore(): Promise<void> {
  for (const name of await redis.keys('*')) await redis.pexpire(name, (await redis.pttl(name)) + HOUR);
}

describe('a clock that is set back an hour', () => {
  test('who is there now takes the place of who was there at four; what was held up for seconds does not', async () => {
    const inventory = makeInventory(redis);
    await inventory.replace('hv-01', [replica('before')], FOUR);
    await inventory.replace('hv-01', [replica('held-up')], FOUR - 5_000);
    expect(await inventory.all()).toEqual([replica('before')]);
    await inventory.replace('hv-01', [replica('now')], THREE);
    expect(await inventory.all()).toEqual([replica('now')]);
    await inventory.replace('hv-01', [replica('later')], THREE + MINUTE);
    expect(await inventory.all()).toEqual([replica('later')]);
  });

  test('a heap that was being taken at four is not waited for until five', async () => {
    const heaps = makeHeaps(redis);
    const taking = (id: string) => ({ id, replica: 'hv-01/shop/api/1', atMs: FOUR });
    await heaps.claim('shop/api', 'heap', taking('before'));
    expect(await heaps.claim('shop/api', 'heap', taking('meanwhile'))).toMatchObject({ id: 'before' });
    await anHourMore();
    expect(await heaps.claim('shop/api', 'heap', taking('now'))).toMatchObject({ id: 'now' });
  });

  test('a service whose look was due at five past four is looked at now', async () => {
    const [incidents, rounds] = [makeIncidents(redis), makeRounds(redis)];
    const watched = { version: 0, value: { state: null } };
    await incidents.commit({ serviceId: 'shop/api', watched, nextMs: FOUR + 5 * MINUTE });
    await incidents.commit({ serviceId: 'shop/web', watched, nextMs: THREE + 5 * MINUTE });
    expect(await rounds.due(['shop/api', 'shop/web'], FOUR)).toEqual(['shop/web']);
    expect(await rounds.due(['shop/api', 'shop/web'], THREE)).toEqual(['shop/api']);
  });

  test('a page that a pager did not take is tried again', async () => {
    const [incidents, pages] = [makeIncidents(redis), makePages(redis)];
    const value = incident('i-1', 'shop/api', { level: 'page' });
    await incidents.commit({
      serviceId: 'shop/api',
      watched: { version: 0, value: { state: null } },
      incident: { version: 0, value },
    });
    await pages.settle('i-1', 1, FOUR + MINUTE);
    expect(await pages.due(FOUR, 10)).toEqual([]);
    expect(await pages.due(THREE, 10)).toEqual(['i-1']);
  });

  test('messages are edited within a minute: Redis’ own clock may be the one', async () => {
    const budget = makeBudget(redis, BUDGET_LIMITS);
    expect(await budget.mayUpdate()).toBe(0);
    const [bucket] = await redis.keys('*update-bucket*');
    await redis.hset(String(bucket), 'at', Date.now() + HOUR);
    expect(await budget.mayUpdate()).toBeLessThan(MINUTE);
  });

  test('a post waits for the one before it, and for a pause, no longer than they can have been', async () => {
    const budget = makeBudget(redis, BUDGET_LIMITS);
    expect([await budget.mayPost('C1'), (await budget.mayPost('C1')) > 0]).toEqual([0, true]);
    await anHourMore();
    expect(await budget.mayPost('C1')).toBe(0);
    await budget.pause('updates', 30_000);
    expect(await budget.mayUpdate()).toBeGreaterThan(0);
    await anHourMore();
    expect(await budget.mayUpdate()).toBe(0);
  });

  test('what a worker that died had to itself is free: a channel, a service, the turn to ask Prometheus', async () => {
    const [claims, rounds, elsewhere] = [makeClaims(redis, CLAIM_LIMITS, () => 0), makeRounds(redis), makeKnownElsewhere(redis)];
    const isFree = async () => [
      'token' in (await claims.take('C1')),
      (await rounds.alone('shop/api', async () => 'free')) === 'free',
      await elsewhere.turn(50_000),
    ];
    await rounds.alone('shop/api', async () => {
      await claims.take('C1');
      await elsewhere.turn(50_000);
      expect(await isFree()).toEqual([false, false, false]);
      await anHourMore();
      expect(await isFree()).toEqual([true, true, true]);
    });
  });

  test('an incident may leave its storm', async () => {
    const storms = makeStorms(redis);
    expect(await storms.mayLeave('C1', FOUR)).toBe(true);
    expect(await storms.mayLeave('C1', FOUR + 1_000)).toBe(false);
    expect(await storms.mayLeave('C1', THREE)).toBe(true);
  });

  test('what was read at four is not new for an hour', async () => {
    let [nowMs, reads] = [FOUR, 0];
    const read = withFreshness(
      1_000,
      () => nowMs,
      async () => ++reads,
    );
    expect([await read(), await read()]).toEqual([1, 1]);
    nowMs = THREE;
    expect(await read()).toBe(2);
  });
});
