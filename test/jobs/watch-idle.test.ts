import { beforeEach, describe, expect, test } from '@jest/globals';
import { makeAct } from '../../jobs/act.js';
import type { Where } from '../../jobs/place-of.js';
import { makeWatch } from '../../jobs/watch.js';
import { pageWanted } from '../../src/incidents/page.js';
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

const portsOf = (where: Where | null) => ({
  ...{ incidents, rounds, outbox: makeOutbox(redis), storms: makeStorms(redis), enqueue: async () => {} },
  ...{ inventory: { all: async () => [replica(SERVICE, 1)] }, hosts: { all: async () => [] } },
  ...{ samples: { read: async () => [] }, runs: { read: async () => [] }, ledger: { read: async () => [] } },
  ...{ placeOf: () => where, pageMs: () => 0, digest: async () => {} },
});
async function lookAt(where: Where | null): Promise<void> {
  await makeWatch(portsOf(where))({ v: 1, serviceId: SERVICE }, { ...contextOf(), nowMs: () => NOW });
}
async function unwatch(): Promise<void> {
  const { version, value } = await incidents.watched(SERVICE);
  await incidents.commit({ serviceId: SERVICE, watched: { version, value: { ...value, unwatched: UNWATCHED } } });
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

describe('while its leak is open', () => {
  const off = { place: { channel: 'C1' } };
  async function ended() {
    const [one] = await incidents.ofService(SERVICE, 1);
    if (!one) throw new Error('no incident');
    return { ...one, said: one.unsaid.map(({ as, message }) => [as, message.text]) };
  }
  beforeEach(() => openIn(redis, incident('i-1', SERVICE, { level: 'page' })));

  test('who takes it off the watch is told that it is closed by that; its page ends, and root and thread say who did it', async () => {
    const { context } = slackContext([replica(SERVICE, 1)], { incidents });
    const { message } = await unwatchCommand.run(['api-svc'], ask({ user: 'U1' }), context);
    expect(message.text).toContain('. Its incident is closed by that, and its page ended');
    await lookAt(off);
    const one = await ended();
    expect(one.closed).toEqual({ atMs: NOW, how: 'unwatched', by: 'U1' });
    expect(pageWanted(one)).toBe('resolve');
    expect(one.said).toEqual([
      ['root', '⚪ api-svc is no longer watched'],
      ['evidence', expect.stringMatching(/^⚪ No longer watched: <@U1> took it off the watch\. Closed; .*leak watch/)],
    ]);
    expect(JSON.stringify(one.unsaid[0])).toContain('No longer watched: <@U1>');
    expect((await incidents.watched(SERVICE)).value.state?.incident).toBeUndefined();
    expect(await rounds.due([SERVICE], NOW + 4 * MINUTE)).toEqual([]);
  });

  test('an edit of the rules that ignores it says so; it is closed once', async () => {
    for (let looks = 0; looks < 2; looks += 1) await lookAt(null);
    const one = await ended();
    expect(one.closed).toEqual({ atMs: NOW, how: 'unwatched' });
    expect(one.said[1]?.[1]).toMatch(/^⚪ No longer watched: it is ignored, by `leakwatch.yml` or a label\./);
    expect(one.moments.map(({ kind }) => kind)).toEqual(['unwatched']);
  });

  test('where only the channel is not known any more, it goes on', async () => {
    await lookAt({});
    expect((await ended()).closed).toBeUndefined();
  });

  test('back on the watch it goes on by hand, and not before', async () => {
    await unwatch();
    await lookAt(off);
    const { context } = slackContext([replica(SERVICE, 1)], { incidents });
    const reopen = (where: Where | null) =>
      makeAct(portsOf(where))(
        {
          v: 1,
          incidentId: 'i-1',
          act: { kind: 'reopen' },
          by: 'U2',
          atMs: NOW,
          outboxKey: 'k',
          target: { kind: 'person', channel: 'C1', user: 'U2' },
        },
        contextOf(),
      );
    await expect(reopen(off)).rejects.toThrow('<@U1> took it off the watch. First `/leak watch');
    const { message } = await watchCommand.run(['api-svc'], ask({ user: 'U1' }), context);
    expect(message.text).toContain(
      'if it leaks, I say so anew. Its incident was closed when nobody looked; `/leak reopen api-svc`',
    );
    await expect(reopen(null)).rejects.toThrow('It is ignored');
    await reopen(off);
    await lookAt(off);
    expect((await ended()).closed).toBeUndefined();
  });
});
