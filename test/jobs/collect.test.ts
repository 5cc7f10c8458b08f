import { beforeEach, describe, expect, test } from '@jest/globals';
import { makeAct } from '../../jobs/act.js';
import { makeCheck } from '../../jobs/check.js';
import { type CollectPorts, makeCollect } from '../../jobs/collect.js';
import { withWords } from '../../jobs/incident-words.js';
import { assessNow, DEFAULT_WINDOW_MS } from '../../jobs/look.js';
import { makeTell } from '../../jobs/tell.js';
import { makeWatch } from '../../jobs/watch.js';
import type { Incident } from '../../src/model/incident.js';
import type { News } from '../../src/model/news.js';
import { makeHosts } from '../../src/store/hosts.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeInventory } from '../../src/store/inventory.js';
import { makeLedger } from '../../src/store/ledger.js';
import { makeRounds } from '../../src/store/rounds.js';
import { makeRuns } from '../../src/store/runs.js';
import { makeSamples } from '../../src/store/samples.js';
import { makeStorms } from '../../src/store/storms.js';
import { contextOf } from '../delivery/harness.js';
import { useStage } from '../delivery/stage.js';
import { fillFleet } from '../support/filled-fleet.js';
import { incident, openIn } from '../support/incidents.js';

const { slack, start } = await useStage();
const [OPS, DEV] = ['C0OPS', 'C0DEV'];
const THREAD = { channel: DEV, threadTs: '1700000000.000100' };
const OTHER = { channel: OPS, threadTs: '1700000000.000200' };
const target = { kind: 'person', channel: DEV, user: 'U2' } as const;
const kill = (replica: string): News => ({ kind: 'oom-kill', atMs: Date.now(), replica, count: 1, back: true });

let world: Awaited<ReturnType<typeof makeWorld>>;
beforeEach(async () => {
  world = await makeWorld();
});

/** A service that leaks (`service-0`) and one that does not (`service-1`), with the jobs that make and move incidents, on a real Redis. */
async function makeWorld() {
  const harness = await start();
  const { redis, outbox, enqueue, settle } = harness;
  await fillFleet(redis, { services: 2, replicas: 1, historyMs: 3_600_000 });
  const incidents = makeIncidents(redis);
  const ports: CollectPorts = {
    ...{ inventory: makeInventory(redis), hosts: makeHosts(redis), samples: makeSamples(redis), runs: makeRuns(redis) },
    ...{ ledger: makeLedger(redis, () => {}), incidents, rounds: makeRounds(redis), outbox, enqueue },
    permalink: async (channel, ts) => `https://home.slack.com/archives/${channel}/p${ts.replace('.', '')}`,
    placeOf: () => ({}),
  };
  const tellPorts = { ...ports, outbox, storms: makeStorms(redis) };
  let clicks = 0;
  const collect = (by = 'U2', place = THREAD, over: Partial<CollectPorts> = {}, serviceId = 'service-0') => {
    clicks += 1;
    const payload = { v: 1, serviceId, place, by, atMs: 1_000 + clicks, outboxKey: `k${clicks}`, target } as const;
    const run = () => makeCollect({ ...ports, ...over })(payload, contextOf());
    return run().then(() => run);
  };
  /** Has everything said, and gives it. */
  const tell = async (id: string) => {
    await makeTell(tellPorts)({ v: 1, incidentId: id }, contextOf());
    for (const channel of [OPS, DEV]) await settle(channel);
    return slack.messages.map(({ channel, thread_ts, text }) => ({
      ...{ at: thread_ts ? `${channel} ${thread_ts}` : channel, text },
    }));
  };
  const openOne = async (over: Partial<Incident> = {}) => {
    const one = incident('i-1', 'service-0', { place: { channel: OPS }, openedMs: Date.now() - 60_000, ...over });
    await openIn(redis, one);
    return one;
  };
  const kept = async (id = 'i-1') => (await incidents.incident(id))?.value;
  /** As the watch would: what happened is to be said. */
  const happens = async (...news: News[]) => {
    const found = await incidents.incident('i-1');
    if (!found) throw new Error('no incident');
    const own = (await ports.inventory.all()).filter(({ service }) => service.id === 'service-0');
    const service = found.value.service;
    const assessment = await assessNow(service, own, [], DEFAULT_WINDOW_MS, Date.now(), ports);
    const value = withWords(found.value, news, { assessment, nowMs: Date.now() });
    const watched = await incidents.watched(service.id);
    await incidents.commit({ serviceId: service.id, watched, incident: { ...found, value } });
  };
  const act = (kind: 'acknowledge', by: string) =>
    makeAct(ports)({ v: 1, incidentId: 'i-1', act: { kind }, by, atMs: 5, outboxKey: 'a', target }, contextOf());
  return { ...harness, ports, tellPorts, incidents, collect, tell, openOne, kept, happens, act };
}

const root = () =>
  String(JSON.stringify(slack.messages.find(({ blocks }) => JSON.stringify(blocks).includes('incident_snooze'))));
const saidIn = (said: readonly { at: string; text: string }[], at: string) =>
  said.filter((one) => one.at === at).map(({ text }) => text);
const inThread = ({ channel, threadTs }: typeof THREAD) => `${channel} ${threadTs}`;
const HERE = 'Evidence about service-0 is collected here from now on (asked by <@U2>)';

describe('an incident that is open', () => {
  test('later evidence goes to the thread, in order; the root stays and says where', async () => {
    const { openOne, tell, collect, happens } = world;
    await openOne();
    const [first] = await tell('i-1');
    await happens(kill('before'));
    await tell('i-1');
    await collect();
    await happens(kill('after-1'));
    await happens(kill('after-2'));
    const said = await tell('i-1');
    expect(saidIn(said, inThread(THREAD))).toEqual([
      HERE,
      expect.stringContaining('after-1'),
      expect.stringContaining('after-2'),
    ]);
    expect(saidIn(said, OPS)).toHaveLength(1);
    const rootTs = slack.messages.find(({ thread_ts }) => !thread_ts)?.ts;
    expect(saidIn(said, `${OPS} ${rootTs}`)).toEqual([expect.stringContaining('before')]);
    expect(first?.at).toBe(OPS);
    expect(root()).toContain(`Evidence goes to <https://home.slack.com/archives/${DEV}/p1700000000000100|a thread> in <#${DEV}>`);
  });

  test('a page mentions who owns the service until somebody has it, also in a root that a person moved it to', async () => {
    const { openOne, tell, kept, ports } = world;
    await openOne({ level: 'page', storm: 's-1' });
    const owned = makeAct({ ...ports, placeOf: () => ({ owner: '<@U0OWNER>' }) });
    const acting = { v: 1, incidentId: 'i-1', by: 'U2', outboxKey: 'a', target } as const;
    await owned({ ...acting, act: { kind: 'split' }, atMs: 5 }, contextOf());
    expect((await kept())?.storm).toBeUndefined();
    await tell('i-1');
    expect(root()).toContain('<@U0OWNER>: out of memory soon');
    await owned({ ...acting, act: { kind: 'acknowledge' }, atMs: 6 }, contextOf());
    await tell('i-1');
    expect(root()).not.toContain('U0OWNER');
  });

  test('a worker dies between saying and striking out, and it is collected meanwhile: nothing is lost, and nothing said twice', async () => {
    const { openOne, tell, collect, happens, tellPorts, incidents, settle } = world;
    await openOne();
    await tell('i-1');
    await happens(kill('early'));
    const dies = { ...incidents, commit: () => Promise.reject(new Error('the worker died')) };
    await expect(makeTell({ ...tellPorts, incidents: dies })({ v: 1, incidentId: 'i-1' }, contextOf())).rejects.toThrow('died');
    await settle(OPS);
    await collect();
    await happens(kill('late'));
    await expect(makeTell({ ...tellPorts, incidents: dies })({ v: 1, incidentId: 'i-1' }, contextOf())).rejects.toThrow('died');
    const said = await tell('i-1');
    expect(said.filter(({ text }) => text.includes('early'))).toEqual([
      { at: expect.stringMatching(`^${OPS} `), text: expect.anything() },
    ]);
    expect(saidIn(said, inThread(THREAD))).toEqual([HERE, expect.stringContaining('late')]);
  });

  test('two people want it: the second is told who was first; a job that runs again does nothing', async () => {
    const { openOne, collect, tell, kept } = world;
    await openOne();
    await tell('i-1');
    const again = await collect('U2');
    await expect(collect('U3')).rejects.toMatchObject({ who: 'person', message: expect.stringMatching(/already.*<@U2>/) });
    await again();
    expect(saidIn(await tell('i-1'), inThread(THREAD))).toEqual([HERE]);
    expect((await kept())?.moments.filter(({ kind }) => kind === 'collect')).toHaveLength(1);
  });

  test('collected again elsewhere it moves, and back to its root’s own thread it is as it was', async () => {
    const { openOne, collect, tell, happens, kept } = world;
    await openOne();
    await tell('i-1');
    const home = { channel: OPS, threadTs: String(slack.messages[0]?.ts) };
    await expect(collect('U2', home)).rejects.toMatchObject({ who: 'person' });
    await collect('U2', THREAD);
    await tell('i-1');
    await collect('U3', OTHER);
    await happens(kill('there'));
    const moved = await tell('i-1');
    expect(saidIn(moved, inThread(THREAD))).toEqual([
      HERE,
      expect.stringMatching(/goes to <[^|]*p1700000000000200\|another thread> .*U3/),
    ]);
    expect(saidIn(moved, inThread(OTHER))).toEqual([
      expect.stringMatching(/collected here.*U3/),
      expect.stringContaining('there'),
    ]);
    expect(root()).toContain('p1700000000000200|a thread>');
    await collect('U2', home);
    await happens(kill('home'));
    const said = await tell('i-1');
    expect(saidIn(said, inThread(home)).at(-1)).toContain('home');
    expect(saidIn(said, inThread(OTHER)).at(-1)).toContain('another thread');
    expect(root()).not.toContain('Evidence goes to');
    expect((await kept())?.place).toEqual({ channel: OPS });
  });

  test('before its root is there: the root goes where it was to go', async () => {
    const { openOne, collect, tell } = world;
    await openOne();
    await collect();
    const said = await tell('i-1');
    expect(said.map(({ at }) => at).sort()).toEqual([inThread(THREAD), OPS].sort());
    expect(root()).toContain('Evidence goes to');
  });

  test('in a storm: it leaves the storm’s message, and has its root in the thread', async () => {
    const { openOne, collect, tell, tellPorts, kept } = world;
    await openOne({ storm: 's-1' });
    const others = incident('i-2', 'service-9', { place: { channel: OPS }, storm: 's-1' });
    await openIn(world.redis, others);
    for (const id of ['i-1', 'i-2']) await world.redis.zadd('leakwatch:v1:storm-members:s-1', 1, id);
    expect(await tell('i-1')).toEqual([{ at: OPS, text: expect.stringContaining('2 services leaking') }]);
    await collect();
    const said = await tell('i-1');
    expect(saidIn(said, OPS)).toEqual([expect.stringContaining('1 service leaking')]);
    expect(saidIn(said, inThread(THREAD))).toEqual([expect.stringContaining('service-0 leaking'), HERE]);
    expect(root()).not.toContain('Evidence goes to');
    expect(await kept()).not.toHaveProperty('left');
    expect(await tellPorts.storms.members('s-1')).toHaveLength(2);
  });

  test('the last to leave a storm leaves a message that says so', async () => {
    const { openOne, collect, tell } = world;
    await openOne({ storm: 's-1' });
    await world.redis.zadd('leakwatch:v1:storm-members:s-1', 1, 'i-1');
    await tell('i-1');
    await collect();
    expect(saidIn(await tell('i-1'), OPS)).toEqual([
      expect.stringContaining('Each service of this storm has a message of its own'),
    ]);
  });

  test('what people do with it leaves the picture of its root', async () => {
    const { openOne, tell, act, outbox } = world;
    await openOne();
    await tell('i-1');
    const chart = {
      title: 't',
      altText: 'memory rises',
      config: { type: 'line', data: { labels: [], datasets: [] }, options: {} },
    } as const;
    const entry = await outbox.get('i-1');
    if (!entry) throw new Error('no root');
    const said = await outbox.say('i-1', entry.target, entry.message, chart);
    await outbox.attachChart('i-1', said.version, 'F1');
    await act('acknowledge', 'U2');
    await tell('i-1');
    expect(await outbox.get('i-1')).toMatchObject({ chart: { altText: 'memory rises' }, chartFileId: 'F1' });
    expect(root()).toContain('"F1"');
  });
});

describe('a service without an open incident', () => {
  const idOf = async () => String((await world.incidents.watched('service-0')).value.incidentId);

  test('that leaks: an incident begins in the thread, once, and the watch follows it there with no channel set', async () => {
    const { collect, tell, tellPorts, kept, asked } = world;
    const again = await collect();
    expect(asked.filter(({ name }) => name === 'heap').map(({ payload }) => payload)).toEqual([
      expect.objectContaining({ serviceId: 'service-0', why: 'verdict', incidentId: await idOf() }),
    ]);
    await again();
    const id = await idOf();
    expect(saidIn(await tell(id), inThread(THREAD))).toEqual([expect.stringContaining('🔴 service-0 leaking: +4'), HERE]);
    expect(await kept(id)).toMatchObject({
      level: 'message',
      place: THREAD,
      moments: [{ kind: 'alert' }, { kind: 'collect', by: 'U2' }],
    });
    expect(await kept(id)).not.toHaveProperty('collected');
    await makeRuns(world.redis).record('hv-01/service-0/1', {
      ...{
        containerId: 'dead',
        image: 'service-0:1',
        startedAtMs: Date.now() - 5_000,
        endedAtMs: Date.now() + 1,
        oomKilled: true,
      },
    });
    const watch = makeWatch({ ...tellPorts, pageMs: () => 0, digest: async () => {} });
    await watch({ v: 1, serviceId: 'service-0' }, contextOf());
    expect(await idOf()).toBe(id);
    expect(saidIn(await tell(id), inThread(THREAD)).at(-1)).toContain('killed out of memory');
  });

  test('whose last one is closed: a new one', async () => {
    const { openOne, collect } = world;
    await openOne({ closed: { atMs: 1, how: 'resolved' } });
    await collect();
    expect(await idOf()).not.toBe('i-1');
  });

  test.each([
    ['that is calm', 'service-1', {}, /not surely leaking/],
    ['that is gone', 'service-7', {}, /gone/],
    ['that is ignored', 'service-0', { placeOf: () => null }, /ignored/],
  ] as const)('%s: refused, and nothing begins', async (_, serviceId, over, words) => {
    await expect(world.collect('U2', THREAD, over, serviceId)).rejects.toMatchObject({
      who: 'person',
      message: expect.stringMatching(words),
    });
    expect(await world.incidents.open()).toEqual([]);
  });

  test('somebody is faster every time: who wants it is told to try again, and not that it went wrong on our side', async () => {
    const { collect, ports, openOne, incidents } = world;
    const busy = { who: 'world', message: expect.stringContaining('try again in a minute') };
    const slower = { ...incidents, commit: async () => false };
    await expect(collect('U2', THREAD, { incidents: slower })).rejects.toMatchObject(busy);
    await openOne();
    await expect(collect('U2', THREAD, { incidents: slower })).rejects.toMatchObject(busy);
    const payload = { v: 1, incidentId: 'i-1', act: { kind: 'acknowledge' }, by: 'U2', atMs: 5, outboxKey: 'a', target } as const;
    await expect(makeAct({ ...ports, incidents: slower })(payload, contextOf())).rejects.toMatchObject(busy);
  });

  test('off the watch: who did that, and how it comes back', async () => {
    const watched = await world.incidents.watched('service-0');
    await world.incidents.commit({
      serviceId: 'service-0',
      watched: { ...watched, value: { state: null, unwatched: { by: 'U9', atMs: 1 } } },
    });
    await expect(world.collect()).rejects.toMatchObject({ who: 'person', message: expect.stringMatching(/<@U9>.*leak watch/) });
  });
});

describe('what an answer offers', () => {
  async function answer(to: object, serviceId = 'service-0', more: { collects?: true } = {}) {
    const { ports, outbox } = world;
    const payload = { v: 1, outboxKey: 'answer', round: 0, serviceId, askedBy: 'U2', askedAtMs: Date.now(), ...more } as const;
    await makeCheck({ ...ports, outbox })({ ...payload, target: { kind: 'channel', channel: DEV, ...to } }, contextOf());
    return JSON.stringify((await outbox.get('answer'))?.message.blocks);
  }
  test('in a thread, of a leak: to collect it there', async () => {
    expect(await answer({ threadTs: THREAD.threadTs })).toContain('"collect_here"');
  });
  test.each([
    ['outside of a thread', {}, 'service-0', {}],
    ['to one person', { kind: 'person', user: 'U2', threadTs: THREAD.threadTs }, 'service-0', {}],
    ['of a calm service', { threadTs: THREAD.threadTs }, 'service-1', {}],
    ['asked for together with it', { threadTs: THREAD.threadTs }, 'service-0', { collects: true }],
  ] as const)('%s: nothing', async (_, to, serviceId, more) => {
    expect(await answer(to, serviceId, more)).not.toContain('collect_here');
  });
  test('of an incident elsewhere: whose hand it is in, where, and to collect it here; in its own thread neither link nor button', async () => {
    const { openOne, tell, act } = world;
    await openOne();
    await tell('i-1');
    const ts = String(slack.messages[0]?.ts);
    expect(await answer({ threadTs: THREAD.threadTs })).toMatch(
      /Already said <[^>]*>, nobody has it yet → <https:[^|]*\|thread>.*collect_here/,
    );
    await act('acknowledge', 'U3');
    expect(await answer({})).toMatch(/Already in hand: acknowledged by <@U3> .* → <https:[^|]*\|thread>/);
    const own = await answer({ channel: OPS, threadTs: ts });
    expect(own).toContain('acknowledged by <@U3>');
    expect(own).not.toMatch(/→ <http|collect_here/);
  });
});
