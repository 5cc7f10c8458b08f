import { beforeEach, expect, test } from '@jest/globals';
import { makeAlerts } from '../../src/store/alerts.js';
import { ownRedis } from '../support/own-redis.js';

/** When alerts were sent, by the minute: `f` firing, `o` over, and the turn in which each was taken to be. */
const MINUTE = 60_000;
const T0 = 1_700_000_000_000;
const { redis } = await ownRedis();
beforeEach(() => redis.flushdb());

test.each([
  ['repeated, over, and again over', ['f0', 'f240', 'o250', 'o251'], [0, 0, 0, 0]],
  [
    'that it fires comes late: another Alertmanager of the cluster had not heard that it is over',
    ['f0', 'o10', 'f11', 'f14'],
    [0, 0, 0, 0],
  ],
  [
    'its sender lost sight of who evaluates it, and took it for over',
    ['f0', 'o10', 'f20', 'f21', 'o30', 'o31'],
    [0, 0, 1, 1, 1, 1],
  ],
  ['twice', ['f0', 'o10', 'f20', 'o30', 'f31', 'f40', 'o50'], [0, 0, 1, 1, 1, 2, 2]],
  ['that it is over was said twice: it is over since the first time', ['f0', 'o10', 'o13', 'f16'], [0, 0, 0, 1]],
])('%s', async (_, sent, turns) => {
  const alerts = makeAlerts(redis);
  const known: string[] = [];
  const taken: number[] = [];
  for (const one of sent) {
    const status = one.startsWith('f') ? 'firing' : 'resolved';
    const [id = ''] = await alerts.turns([{ id: 'a1', status }], T0 + Number(one.slice(1)) * MINUTE);
    if (!known.includes(id)) known.push(id);
    taken.push(known.indexOf(id));
  }
  expect(taken).toEqual(turns);
  expect(known[0]).toBe('a1');
  for (const name of await redis.keys('*')) expect(await redis.pttl(name)).toBeGreaterThan(0);
});

test('each of many has its own turn', async () => {
  const alerts = makeAlerts(redis);
  const [a, b] = [{ id: 'a1' }, { id: 'b1' }];
  await alerts.turns(
    [
      { ...a, status: 'resolved' },
      { ...b, status: 'firing' },
    ],
    T0,
  );
  const [again, same] = await alerts.turns(
    [
      { ...a, status: 'firing' },
      { ...b, status: 'firing' },
    ],
    T0 + 10 * MINUTE,
  );
  expect([again === 'a1', same]).toEqual([false, 'b1']);
  expect(await alerts.turns([], T0)).toEqual([]);
});
