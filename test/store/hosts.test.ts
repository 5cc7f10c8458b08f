import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Run } from '../../src/model/replica.js';
import { makeHosts } from '../../src/store/hosts.js';
import { makeInventory } from '../../src/store/inventory.js';
import { makeRuns } from '../../src/store/runs.js';
import { beat, replica } from '../support/fleet.js';
import { ownRedis } from '../support/own-redis.js';

const DAY = 24 * 3_600_000;

const { redis } = await ownRedis();
beforeEach(() => redis.flushdb());

async function expectLife(days: number): Promise<void> {
  const names = await redis.keys('*');
  const lives = await Promise.all(names.map((name) => redis.pttl(name)));
  expect(names.length).toBeGreaterThan(0);
  for (const life of lives) {
    expect(life).toBeGreaterThan(days * DAY - 60_000);
    expect(life).toBeLessThanOrEqual(days * DAY);
  }
}

describe('hosts', () => {
  test('the last word of each, for seven days', async () => {
    const hosts = makeHosts(redis);
    await hosts.beat(beat('hv-02', 1_000));
    await hosts.beat(beat('hv-01', 1_000, { problem: 'Docker does not answer' }));
    await hosts.beat(beat('hv-01', 2_000));
    expect(await hosts.all()).toEqual([beat('hv-01', 2_000), beat('hv-02', 1_000)]);
    await expectLife(7);
  });

  test('one whose life is over is gone, and comes back with its next beat', async () => {
    const hosts = makeHosts(redis);
    await hosts.beat(beat('hv-01', 1_000));
    await hosts.beat(beat('hv:02/a b', 1_000));
    const [gone] = (await redis.keys('*beat*')).filter(Boolean);
    await redis.del(String(gone));
    expect(await hosts.all()).toHaveLength(1);
    expect(await redis.scard('leakwatch:v1:hosts')).toBe(1);
    await hosts.beat(beat('hv-01', 2_000));
    await hosts.beat(beat('hv:02/a b', 2_000));
    expect(await hosts.all()).toHaveLength(2);
  });
});

describe('inventory', () => {
  test('a host’s list takes the place of its last one, and of no other’s', async () => {
    const inventory = makeInventory(redis);
    const elsewhere = replica('shop/api-svc', 1, { host: 'hv-02', limitBytes: null, labels: { 'leakwatch.owner': '@ana' } });
    await inventory.replace('hv-01', [replica('shop/api-svc', 1), replica('shop/api-svc', 2)], 1_000);
    await inventory.replace('hv-02', [elsewhere], 1_000);
    await inventory.replace('hv-01', [replica('shop/api-svc', 2)], 2_000);
    expect(await inventory.all()).toEqual([replica('shop/api-svc', 2), elsewhere]);
    await expectLife(7);
  });

  test('an older list that comes late is ignored; an empty one counts', async () => {
    const inventory = makeInventory(redis);
    await inventory.replace('hv-01', [replica('api')], 2_000);
    await inventory.replace('hv-01', [replica('web')], 1_000);
    expect(await inventory.all()).toEqual([replica('api')]);
    await inventory.replace('hv-01', [], 3_000);
    expect(await inventory.all()).toEqual([]);
  });
});

describe('runs', () => {
  const run = (startedAtMs: number, over: Partial<Run> = {}): Run => ({
    containerId: 'c1',
    image: 'api:1',
    startedAtMs,
    ...over,
  });

  test('oldest first; the same container and start is the same run', async () => {
    const runs = makeRuns(redis);
    await runs.record('a', run(2_000));
    await runs.record('a', run(1_000, { containerId: 'c0', endedAtMs: 1_500, exitCode: 137, oomKilled: true }));
    await runs.record('a', run(2_000, { endedAtMs: 3_000, exitCode: 0 }));
    expect(await runs.read('a')).toEqual([
      run(1_000, { containerId: 'c0', endedAtMs: 1_500, exitCode: 137, oomKilled: true }),
      run(2_000, { endedAtMs: 3_000, exitCode: 0 }),
    ]);
    expect(await runs.read('b')).toEqual([]);
    await expectLife(14);
  });

  test('what has ended does not come back to life by a look that was begun before', async () => {
    const runs = makeRuns(redis);
    await runs.record('a', run(1_000, { endedAtMs: 2_000, oomKilled: true }));
    await runs.record('a', run(1_000));
    expect(await runs.read('a')).toEqual([run(1_000, { endedAtMs: 2_000, oomKilled: true })]);
  });

  test('fifty at most: the oldest leave, in whatever order they came', async () => {
    const runs = makeRuns(redis);
    for (let i = 60; i > 0; i -= 1) await runs.record('a', run(i * 1_000));
    await runs.record('a', run(61_000));
    const starts = (await runs.read('a')).map(({ startedAtMs }) => startedAtMs);
    expect(starts).toEqual(Array.from({ length: 50 }, (_, index) => (index + 12) * 1_000));
  });
});
