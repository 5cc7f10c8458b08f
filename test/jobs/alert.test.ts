import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AlertPorts, makeAlert } from '../../jobs/alert.js';
import { makeCheck } from '../../jobs/check.js';
import { makeMarkUnheard } from '../../jobs/mark-unheard.js';
import { makeTell } from '../../jobs/tell.js';
import { makeWatch } from '../../jobs/watch.js';
import type { Alert, Label } from '../../src/model/alert.js';
import type { Payload } from '../../src/queue/catalogue.js';
import { alarmWords, manyMessage, strayMessage, withAlarms } from '../../src/render/alarm.js';
import { plainMessage } from '../../src/render/plain-message.js';
import { makeAlerts } from '../../src/store/alerts.js';
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
import { expectAccepted } from '../render/accepted.js';
import { fillFleet } from '../support/filled-fleet.js';
import { incident, openIn } from '../support/incidents.js';

const { slack, start } = await useStage();
const OPS = 'C0OPS';
const HOUR = 3_600_000;

function alertOf(over: Partial<Alert> = {}, labels: Record<string, string> = { service: 'service-0' }): Alert {
  return {
    ...{ id: `a${over.name ?? 'HighMemory'}`, group: 'g1', from: 'Alertmanager', status: 'firing', name: 'HighMemory' },
    labels: Object.entries(labels).map(([name, value]): Label => [name, value]),
    ...{ moreLabels: 0, truncatedAlerts: 0, startsAtMs: Date.now() - 60_000, endsAtMs: null },
    ...over,
  };
}
const over = (alert: Alert): Alert => ({ ...alert, status: 'resolved', endsAtMs: Date.now() });

let world: Awaited<ReturnType<typeof makeWorld>>;
beforeEach(async () => {
  world = await makeWorld();
});

/** `service-0` leaks, all others do not; a real Redis, and the queue played by hand. */
async function makeWorld(services = 3) {
  const harness = await start({ budget: { updateBurst: 10_000 } });
  const { redis, outbox, enqueue, asked } = harness;
  await fillFleet(redis, { services, replicas: 1, historyMs: 3_600_000 });
  const incidents = makeIncidents(redis);
  const ports: AlertPorts = {
    ...{ inventory: makeInventory(redis), hosts: makeHosts(redis), samples: makeSamples(redis), runs: makeRuns(redis) },
    ...{ ledger: makeLedger(redis, () => {}), incidents, alerts: makeAlerts(redis), rounds: makeRounds(redis), outbox, enqueue },
    ...{ storms: makeStorms(redis), placeOf: () => ({ place: { channel: OPS } }) },
  };
  const check = makeCheck({ ...ports, outbox, permalink: async () => null });
  /** Sent so many hours from now, whatever the queue knew of it. */
  const takeIn = async (alert: Alert, instead: Partial<AlertPorts> = {}, hour = 0) => {
    const nowMs = () => Date.now() + hour * HOUR;
    if (alert.status === 'firing') await ports.alerts.hear([alert.id], nowMs());
    await makeAlert({ ...ports, ...instead })({ v: 1, alert }, { ...contextOf(), nowMs });
  };
  const mark = (hour: number) => makeMarkUnheard({ ...ports, nowMs: () => Date.now() + hour * HOUR })();
  /** What was put into the queue since, once for each key, as the queue would. */
  const seen = new Set<string>();
  const settle = async () => {
    for (let next = asked.shift(); next; next = asked.shift()) {
      const { name, payload, options } = next;
      if (options?.once && seen.has(`${name} ${options.once}`)) continue;
      if (options?.once) seen.add(`${name} ${options.once}`);
      if (name === 'check') await check(payload as Payload<'check'>, contextOf());
      if (name === 'tell' && !options?.delayMs) {
        await harness.settle(OPS);
        await makeTell({ ...ports, outbox, storms: makeStorms(redis) })(payload as Payload<'tell'>, contextOf());
      }
    }
    await harness.settle(OPS);
  };
  const roots = () => slack.messages.filter(({ thread_ts }) => !thread_ts);
  const threads = () => slack.messages.filter(({ thread_ts }) => thread_ts).map(({ text }) => text);
  return { ...harness, ports, incidents, takeIn, mark, settle, roots, threads };
}

describe('about a service that leaks', () => {
  test('opens its incident, and joins it: one root, each alert once in its thread, however often the job runs', async () => {
    const { takeIn, settle, roots, threads, incidents } = world;
    for (const alert of [alertOf(), alertOf(), alertOf({ name: 'NearLimit' }), alertOf(), over(alertOf()), over(alertOf())]) {
      await takeIn(alert);
      await settle();
      await settle();
    }
    expect(roots().map(({ text }) => text)).toEqual([expect.stringContaining('service-0 leaking')]);
    expect(threads()).toEqual([
      expect.stringContaining('*HighMemory* fires'),
      expect.stringContaining('*NearLimit* fires'),
      expect.stringContaining('*HighMemory* does not fire any more'),
    ]);
    const [kept] = await incidents.ofService('service-0', 5);
    expect(kept?.closed).toBeUndefined();
    expect(kept?.moments.map(({ kind }) => kind)).toEqual(['alert', 'alarm', 'alarm', 'alarm']);
  });

  test('its heap is taken when it opens, once, as when the watch says it first', async () => {
    const { takeIn, asked, incidents } = world;
    for (const alert of [alertOf(), alertOf({ name: 'NearLimit' })]) await takeIn(alert);
    const [kept] = await incidents.ofService('service-0', 1);
    expect(asked.filter(({ name }) => name === 'heap').map(({ payload }) => payload)).toEqual([
      expect.objectContaining({ serviceId: 'service-0', why: 'verdict', incidentId: kept?.id }),
    ]);
  });

  test('the worker dies before it could want the heap: the next look of the watch does, once', async () => {
    const { takeIn, asked, ports, outbox, incidents } = world;
    await expect(takeIn(alertOf(), { enqueue: () => Promise.reject(new Error('the worker died')) })).rejects.toThrow('died');
    const unheard = { pageMs: () => HOUR, digest: async () => {} };
    const watch = makeWatch({ ...ports, ...unheard, outbox, storms: makeStorms(world.redis) });
    for (let looks = 0; looks < 3; looks += 1) await watch({ v: 1, serviceId: 'service-0' }, contextOf());
    const [kept] = await incidents.ofService('service-0', 1);
    expect(asked.filter(({ name }) => name === 'heap').map(({ payload, options }) => [payload, options])).toEqual([
      [expect.objectContaining({ why: 'verdict', incidentId: kept?.id }), { once: `verdict-${kept?.id}` }],
    ]);
  });

  test('somebody is at it all the time, or is faster every time: the error says what to do, and is not ours', async () => {
    const { takeIn, ports } = world;
    const busy = { who: 'world', message: expect.stringContaining('try again in a minute') };
    const slower = { incidents: { ...ports.incidents, commit: async () => false } };
    await expect(takeIn(alertOf(), slower)).rejects.toMatchObject(busy);
    await openIn(world.redis, incident('i-1', 'service-0', { place: { channel: OPS } }));
    await expect(takeIn(alertOf(), slower)).rejects.toMatchObject(busy);
    await expect(takeIn(alertOf(), { rounds: { alone: async () => null } })).rejects.toMatchObject(busy);
  });

  test('an alert that joins a page leaves the mention of its owner in the root', async () => {
    const { takeIn, settle, roots, redis } = world;
    await openIn(redis, incident('i-1', 'service-0', { place: { channel: OPS }, level: 'page' }));
    await takeIn(alertOf(), { placeOf: () => ({ place: { channel: OPS }, owner: '<@U0OWNER>' }) });
    await settle();
    expect(JSON.stringify(roots()[0]?.blocks)).toContain('<@U0OWNER>: out of memory soon');
  });

  test('over before it fires: what fired is not said when it comes late', async () => {
    const { takeIn, settle, threads, redis } = world;
    await openIn(redis, incident('i-1', 'service-0', { place: { channel: OPS } }));
    await takeIn(over(alertOf()));
    await takeIn(alertOf());
    await settle();
    await settle();
    expect(threads()).toEqual([expect.stringContaining('does not fire any more')]);
  });

  test('the worker dies before it could keep the incident: the job comes again, and there is one', async () => {
    const { takeIn, settle, roots, incidents, ports } = world;
    const dies = { ...ports.incidents, commit: () => Promise.reject(new Error('the worker died')) };
    await expect(takeIn(alertOf(), { incidents: dies })).rejects.toThrow('died');
    await expect(takeIn(alertOf(), { enqueue: () => Promise.reject(new Error('Redis is away')) })).rejects.toThrow('away');
    await takeIn(alertOf());
    await settle();
    expect(roots()).toHaveLength(1);
    expect(await incidents.ofService('service-0', 5)).toHaveLength(1);
  });

  test('somebody said that it is no leak, or took it off the watch: a check answers, and nothing is opened', async () => {
    const { takeIn, settle, roots, incidents } = world;
    const watched = await incidents.watched('service-0');
    await incidents.commit({
      serviceId: 'service-0',
      watched: { ...watched, value: { state: null, unwatched: { by: 'U1', atMs: 1 } } },
    });
    await takeIn(alertOf());
    await settle();
    expect(roots()).toHaveLength(1);
    expect(await incidents.open()).toEqual([]);
  });
});

describe('about one that does not', () => {
  const about1 = { service: 'service-1' };

  test('one answer for all that fires at a time, in which each is named; when all is over, the next one is a new answer', async () => {
    const { takeIn, settle, roots, threads, incidents } = world;
    for (const name of ['A', 'B', 'A']) await takeIn(alertOf({ name }, about1));
    await settle();
    expect(roots()).toHaveLength(1);
    const blocks = JSON.stringify(roots()[0]?.blocks);
    for (const words of ['*A* fires', '*B* fires', 'service-1 stable']) expect(blocks).toContain(words);
    await takeIn(over(alertOf({ name: 'A' }, about1)));
    await takeIn(over(alertOf({ name: 'A' }, about1)));
    await takeIn(over(alertOf({ name: 'B' }, about1)));
    await settle();
    expect(threads()).toHaveLength(2);
    await takeIn(alertOf({ name: 'C' }, about1));
    await settle();
    expect(roots()).toHaveLength(2);
    expect(await incidents.open()).toEqual([]);
  });

  test('over, and nobody was told that it fired: nothing is said, also when that comes late', async () => {
    const { takeIn, settle } = world;
    await takeIn(over(alertOf({}, about1)));
    await takeIn(alertOf({}, about1));
    await settle();
    expect(slack.messages).toEqual([]);
  });

  test('its end is lost: what fires half a day later is a new answer, not an edit of one that nobody looks at any more', async () => {
    const { takeIn, settle, roots } = world;
    await takeIn(alertOf({ name: 'A' }, about1));
    await settle();
    await takeIn(alertOf({ name: 'B' }, about1), {}, 8);
    await settle();
    expect(roots()).toHaveLength(1);
    await takeIn(alertOf({ name: 'C' }, about1), {}, 18);
    await settle();
    expect(roots()).toHaveLength(2);
    const [old, now] = roots().map(({ blocks }) => JSON.stringify(blocks));
    expect({ old: old?.includes('*C* fires'), now: now?.includes('*C* fires') }).toEqual({ old: false, now: true });
  });

  test('ignored, or no channel: nothing is said, and the log has it', async () => {
    const { takeIn, settle } = world;
    for (const place of [null, {}]) await takeIn(alertOf({}, about1), { placeOf: () => place });
    await settle();
    expect(slack.messages).toEqual([]);
  });
});

describe('about nobody here', () => {
  test('said once for its group, with labels; two that it could be are named', async () => {
    const { takeIn, settle, roots, ports } = world;
    const strays = ['A', 'B', 'A'].map((name) => alertOf({ name }, { instance: '10.0.0.1:9100', mount: '/' }));
    for (const alert of strays) await takeIn(alert);
    await settle();
    expect(roots()).toHaveLength(1);
    const said = JSON.stringify(roots()[0]?.blocks);
    for (const words of ['*A* fires', '*B* fires', 'instance=10.0.0.1:9100 · mount=/']) expect(said).toContain(words);
    const all = await ports.inventory.all();
    const twins = all.map((one, i) => ({ ...one, service: { id: `p${i}/api`, name: 'api', project: `p${i}` } }));
    await takeIn(alertOf({ name: 'Twin', group: 'g2' }, { service: 'api' }), { inventory: { all: async () => twins } });
    await settle();
    expect(JSON.stringify(roots().at(-1)?.blocks)).toContain('That could be p0/api, p1/api, p2/api');
  });
});

test('what its labels say is there is not asked, whoever it is about: a container that is not here, or one that leaks', async () => {
  const { takeIn, settle, roots, incidents } = world;
  let asked = 0;
  const server = createServer(() => {
    asked += 1;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const labels = {
    instance: address,
    pprof: `http://${address}/debug/pprof`,
    'leakwatch.pprof': `:80@${address}`,
    __address__: address,
  };
  await takeIn(alertOf({ group: 'g1', summary: `http://${address}/` }, { container: 'not-here', ...labels }));
  await takeIn(alertOf({ group: 'g2' }, { ...labels, service: 'service-0' }));
  await settle();
  expect(roots().map(({ text }) => text)).toEqual([
    expect.stringContaining('about no service that I know'),
    expect.stringContaining('service-0 leaking'),
  ]);
  expect(JSON.stringify(roots()[0]?.blocks)).toContain('name no service or container that I know, so nothing was checked');
  expect((await incidents.open()).map(({ service }) => service.id)).toEqual(['service-0']);
  server.close();
  await once(server, 'close');
  expect(asked).toBe(0);
});

describe('about nobody here, and not heard of any more', () => {
  const where = { instance: '10.0.0.1:9100' };
  const wordsOf = () => world.roots().map(({ blocks }) => JSON.stringify(blocks).replace(/<!date[^|]*\|([^>]*)>/g, '$1'));

  test('no signal since then is said, which is no end; it is taken back when it is sent again, and the end is the end', async () => {
    const { takeIn, mark, settle, threads } = world;
    const alert = alertOf({ summary: 'disk' }, where);
    await takeIn(alert);
    await settle();
    await mark(8.9);
    await settle();
    expect(wordsOf()).toEqual([expect.stringContaining('🔔 Alertmanager: *HighMemory* fires since')]);
    for (const hour of [9.1, 9.2]) await mark(hour);
    await settle();
    expect(wordsOf()).toEqual([
      expect.stringMatching(
        /⚪ Alertmanager: \*HighMemory\* fired since \d\d:\d\d UTC: disk · no signal since \d\d:\d\d UTC: whether it still fires is not known/,
      ),
    ]);
    expect(wordsOf().join()).not.toMatch(/does not fire|✅|resolved/);
    await world.ports.alerts.hear([alert.id], Date.now() + 10 * HOUR);
    await mark(10.1);
    await settle();
    expect(wordsOf()).toEqual([expect.stringContaining('*HighMemory* fires since')]);
    await mark(20);
    await takeIn(over(alert), {}, 20);
    await mark(40);
    await settle();
    expect(wordsOf()).toEqual([expect.stringContaining('does not fire any more')]);
    expect(threads()).toEqual([]);
  });

  test('of a group only those that are not: the others are repeated', async () => {
    const { takeIn, mark, settle, ports } = world;
    const [a, b] = ['A', 'B'].map((name) => alertOf({ name }, where));
    for (const alert of [a, b]) if (alert) await takeIn(alert);
    await ports.alerts.hear([b?.id ?? ''], Date.now() + 8 * HOUR);
    await mark(10);
    await settle();
    expect(wordsOf()).toEqual([expect.stringMatching(/\*A\* fired since .* no signal since .*\*B\* fires since/)]);
  });

  test('over before it fires, as of any other: nothing is said', async () => {
    const { takeIn, mark, settle } = world;
    const alert = alertOf({}, where);
    await takeIn(over(alert));
    await takeIn(alert);
    await mark(40);
    await settle();
    expect(slack.messages).toEqual([]);
  });

  test.each([
    ['past', -HOUR],
    ['future', HOUR],
    ['none, the year 0001', null],
  ])('its end is said to be in the %s: its status is what counts', async (_, inMs) => {
    const endsAtMs = inMs === null ? null : Date.now() + inMs;
    const alert = alertOf({ endsAtMs }, where);
    await world.takeIn(alert);
    await world.settle();
    expect(wordsOf()).toEqual([expect.stringContaining('*HighMemory* fires since')]);
    await world.takeIn({ ...alert, status: 'resolved' });
    await world.mark(40);
    await world.settle();
    expect(wordsOf()).toEqual([expect.stringMatching(/does not fire any more( since \d\d:\d\d UTC)?\. Noted, not believed/)]);
  });

  test('its message is forgotten: nothing is posted anew', async () => {
    const { takeIn, mark, settle, redis, roots } = world;
    await takeIn(alertOf({}, where));
    await settle();
    await redis.del(...(await redis.keys('*:outbox:*')));
    await mark(40);
    await settle();
    expect(roots()).toHaveLength(1);
    expect(JSON.stringify(roots())).not.toContain('no signal');
  });
});

test('forty at once about services that do not leak: a handful of messages, and all are counted', async () => {
  const { takeIn, settle, roots, redis } = world;
  await fillFleet(redis, { services: 60, replicas: 1, historyMs: 15_000 });
  for (let i = 1; i <= 60; i += 1) if (i % 3 > 0) await takeIn(alertOf({ name: `N${i}` }, { service: `service-${i}` }));
  await settle();
  expect(roots().length).toBeLessThanOrEqual(6);
  const many = roots().filter(({ text }) => String(text).includes('at once'));
  expect(many).toHaveLength(1);
  expect(many[0]?.text).toMatch(/3[56] more alerts at once/);
}, 60_000);

test('a time that is still to come is no time since which anything is so', () => {
  const nowMs = Date.UTC(2026, 10, 24, 12);
  const wordsAt = (over: Partial<Alert>) => alarmWords(alertOf(over), nowMs);
  expect(wordsAt({ startsAtMs: nowMs - 3_600_000 })).toContain(' fires since <!date^');
  expect(wordsAt({ startsAtMs: nowMs + 20_000 })).toContain(' fires since <!date^');
  expect(wordsAt({ startsAtMs: nowMs + 3_600_000 })).not.toContain('since');
  expect(wordsAt({ status: 'resolved', endsAtMs: nowMs + 3_600_000 })).toMatch(/does not fire any more\. Noted/);
  expect(wordsAt({ status: 'resolved', endsAtMs: nowMs - 60_000 })).toContain('any more since <!date^');
});

test('hostile labels, names and words: what Slack takes, and nobody is mentioned', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.constantFrom('<!channel>', '<https://evil|click>', '*_~`', '\u202egnp', '```', '&lt;', ':tada:', 'a\n\nb', '\ud800'),
  );
  const alerts = fc.record({
    ...{ name: hostile, summary: hostile, severity: hostile, moreLabels: fc.nat(1_000), truncatedAlerts: fc.nat(1_000) },
    labels: fc.array(fc.tuple(hostile, hostile), { maxLength: 40 }),
    startsAtMs: fc.option(fc.integer({ min: 0, max: 8_640_000_000_000_000 })),
    status: fc.constantFrom('firing' as const, 'resolved' as const),
  });
  fc.assert(
    fc.property(fc.array(alerts, { minLength: 1, maxLength: 8 }), hostile, (list, name) => {
      const one = { key: 'k', alerts: list.map((alert) => alertOf(alert)), more: 3 };
      const [first] = one.alerts;
      if (!first) return;
      expectAccepted(strayMessage({ ...one, services: [{ id: name, name }] }, Date.now()));
      expectAccepted(manyMessage(one, Date.now()));
      expectAccepted(withAlarms(plainMessage('stable'), one, Date.now()));
      expectAccepted(plainMessage(alarmWords(first, Date.now())));
    }),
    { numRuns: 300 },
  );
});
