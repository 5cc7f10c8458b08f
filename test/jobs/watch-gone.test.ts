import { beforeEach, expect, test } from '@jest/globals';
import { makeRounds as makeRoundsJob } from '../../jobs/rounds.js';
import { makeWatch } from '../../jobs/watch.js';
import type { Chart } from '../../src/model/chart.js';
import type { Heartbeat } from '../../src/model/host.js';
import type { Replica } from '../../src/model/replica.js';
import { NO_RULES } from '../../src/model/rules.js';
import type { Enqueue } from '../../src/queue/enqueue.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { makeRounds } from '../../src/store/rounds.js';
import { makeStorms } from '../../src/store/storms.js';
import { contextOf } from '../delivery/harness.js';
import { beat, replica } from '../support/fleet.js';
import { incident, openIn } from '../support/incidents.js';
import { ownRedis } from '../support/own-redis.js';

/** Nothing is there any more of a service whose leak is open. */
const MINUTE = 60_000;
const NOW = 1_700_000_000_000;
const SERVICE = 'shop/api-svc';

const { redis } = await ownRedis();

let asked: string[];
beforeEach(async () => {
  asked = [];
  await redis.flushdb();
  await openIn(redis, incident('i-1', SERVICE));
});
const enqueue: Enqueue = async (name) => void asked.push(name);

async function lookAt(minute: number, hostSeenAtMinute: number, replicas: readonly Replica[] = []) {
  const incidents = makeIncidents(redis);
  const beats: Heartbeat[] = [beat('hv-01', NOW + hostSeenAtMinute * MINUTE)];
  const watch = makeWatch({
    ...{ incidents, rounds: makeRounds(redis), outbox: makeOutbox(redis), storms: makeStorms(redis), enqueue },
    ...{ inventory: { all: async () => [...replicas] }, hosts: { all: async () => beats } },
    ...{ samples: { read: async () => [] }, runs: { read: async () => [] }, ledger: { read: async () => [] } },
    ...{ placeOf: () => ({}), pageMs: () => 0, digest: async () => {} },
  });
  await watch({ v: 1, serviceId: SERVICE }, { ...contextOf(), nowMs: () => NOW + minute * MINUTE });
  const [now] = await incidents.ofService(SERVICE, 1);
  if (!now) throw new Error('no incident');
  return now;
}

test('after ten minutes it is closed as gone, with the last that was seen; its message and its thread say so', async () => {
  for (const minute of [0, 1, 9]) expect((await lookAt(minute, minute)).closed).toBeUndefined();
  expect(asked).toEqual([]);
  const { closed, unsaid, moments } = await lookAt(10, 10);
  expect(closed).toEqual({ atMs: NOW + 10 * MINUTE, how: 'gone' });
  expect(unsaid.map(({ as, message }) => [as, message.text.replace(/<!date[^|]*\|([^>]*)>/g, '$1')])).toEqual([
    ['root', '⚪ api-svc is gone'],
    [
      'evidence',
      '⚪ No container of it is there since 22:13 UTC: closed; the last that was seen was +40 MiB/h per replica. If it comes back and leaks, I say so',
    ],
  ]);
  expect(moments.map(({ kind }) => kind)).toEqual(['gone']);
  expect(asked).toEqual(['tell']);
  expect((await makeIncidents(redis).watched(SERVICE)).value.state?.incident).toBeUndefined();
});

test('its message keeps the picture of how it grew, which nobody can draw any more', async () => {
  const chart: Chart = {
    title: 'api-svc',
    altText: 'it grows',
    config: { type: 'line', data: { labels: [], datasets: [] }, options: {} },
  };
  const message = { text: '🔴 api-svc leaking', blocks: [] };
  await makeOutbox(redis).say('i-1', { kind: 'channel', channel: 'C1' }, message, chart);
  for (const minute of [0, 9]) await lookAt(minute, minute);
  const [root] = (await lookAt(10, 10)).unsaid;
  expect(root).toMatchObject({ as: 'root', message: { text: '⚪ api-svc is gone' }, chart });
});

test('while its host is silent nobody knows: the time begins when the host is back', async () => {
  await lookAt(0, 0);
  for (const minute of [5, 30]) expect(await lookAt(minute, 1)).not.toHaveProperty('missingSinceMs');
  expect((await lookAt(31, 31)).closed).toBeUndefined();
  expect((await lookAt(41, 41)).closed).toMatchObject({ how: 'gone' });
});

test('what was down for a deploy goes on as it was', async () => {
  await lookAt(0, 0);
  expect(await lookAt(9, 9, [replica(SERVICE, 1)])).not.toHaveProperty('missingSinceMs');
  expect((await lookAt(10, 10)).closed).toBeUndefined();
});

test('it is looked for though no agent lists it', async () => {
  const job = makeRoundsJob({
    ...{ inventory: { all: async () => [] }, rounds: makeRounds(redis), incidents: makeIncidents(redis), enqueue },
    ...{ unfrozen: async () => [], digests: { last: async () => null }, rules: { now: () => NO_RULES } },
  });
  await job({ v: 1 }, { ...contextOf(), nowMs: () => NOW + 60 * MINUTE });
  expect(asked).toContain('watch');
});
