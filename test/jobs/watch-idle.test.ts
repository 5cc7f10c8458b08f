import { beforeEach, expect, test } from '@jest/globals';
import type { Where } from '../../jobs/place-of.js';
import { makeWatch } from '../../jobs/watch.js';
import { unwatch as unwatchCommand, watch as watchCommand } from '../../src/slack/commands/watch.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { makeRounds } from '../../src/store/rounds.js';
import { makeStorms } from '../../src/store/storms.js';
import { contextOf } from '../delivery/harness.js';
import { replica } from '../support/fleet.js';
import { incident, openIn } from '../support/incidents.js';
import { ownRedis } from '../support/own-redis.js';
import { ask, slackContext } from '../support/slack-context.js';

/** Services that the watch has nothing to say of: taken off it, ignored, or with no channel to say it in. */
const [MINUTE, DAY] = [60_000, 86_400_000];
const NOW = 1_700_000_000_000;
const SERVICE = 'shop/api-svc';
const UNWATCHED = { by: 'U1', atMs: NOW };

const { redis } = await ownRedis();
const incidents = makeIncidents(redis);
const rounds = makeRounds(redis);
beforeEach(() => redis.flushdb());

async function lookAt(where: Where | null): Promise<void> {
  const watch = makeWatch({
    ...{ incidents, rounds, outbox: makeOutbox(redis), storms: makeStorms(redis), enqueue: async () => {} },
    ...{ inventory: { all: async () => [replica(SERVICE, 1)] }, hosts: { all: async () => [] } },
    ...{ samples: { read: async () => [] }, runs: { read: async () => [] }, ledger: { read: async () => [] } },
    ...{ placeOf: () => where, pageMs: () => 0, digest: async () => {} },
  });
  await watch({ v: 1, serviceId: SERVICE }, { ...contextOf(), nowMs: () => NOW });
}
async function unwatch(): Promise<void> {
  const { version } = await incidents.watched(SERVICE);
  await incidents.commit({ serviceId: SERVICE, watched: { version, value: { state: null, unwatched: UNWATCHED } } });
}

test.each<[string, Where | null, boolean]>([
  ['that was taken off the watch', { place: { channel: 'C1' } }, true],
  ['that is ignored', null, false],
  ['of which there is no channel to speak in', {}, false],
])('a service %s is not looked at in each round of five seconds', async (_, where, isOff) => {
  if (isOff) await unwatch();
  expect(await rounds.due([SERVICE], NOW)).toEqual([SERVICE]);
  await lookAt(where);
  expect(await rounds.due([SERVICE], NOW + 4 * MINUTE)).toEqual([]);
  expect(await rounds.due([SERVICE], NOW + 5 * MINUTE)).toEqual([SERVICE]);
});

test('off the watch is for good: it does not end because nothing was written for two weeks', async () => {
  await unwatch();
  const [name = ''] = await redis.keys('leakwatch:v1:watched:*');
  await redis.pexpire(name, DAY);
  await lookAt({ place: { channel: 'C1' } });
  expect(await redis.pttl(name)).toBeGreaterThan(13 * DAY);
  expect((await incidents.watched(SERVICE)).value.unwatched).toEqual(UNWATCHED);
});

test('back on the watch, it is looked at in the next round', async () => {
  await unwatch();
  await lookAt({ place: { channel: 'C1' } });
  expect(await rounds.due([SERVICE], NOW + MINUTE)).toEqual([]);
  const { context } = slackContext([replica(SERVICE, 1)], { incidents });
  await watchCommand.run(['api-svc'], ask({ atMs: NOW + MINUTE }), context);
  expect(await rounds.due([SERVICE], NOW + MINUTE)).toEqual([SERVICE]);
});

test('off the watch while its leak is open: who does that is told that it stays open, and how it ends', async () => {
  const { context } = slackContext([replica(SERVICE, 1)], { incidents });
  const off = (once: string) => unwatchCommand.run(['api-svc'], ask({ once }), context);
  expect((await off('1')).message.text).not.toContain('resolve');
  await redis.flushdb();
  await openIn(redis, incident('i-1', SERVICE, { level: 'page' }));
  const { message } = await off('2');
  expect(message.text).toContain('. Its incident stays open, and its page: `/leak resolve api-svc` ends it');
});
