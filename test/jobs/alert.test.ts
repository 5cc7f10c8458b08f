import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AlertPorts, makeAlert } from '../../jobs/alert.js';
import { makeCheck } from '../../jobs/check.js';
import { makeTell } from '../../jobs/tell.js';
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
  const takeIn = (alert: Alert, instead: Partial<AlertPorts> = {}) =>
    makeAlert({ ...ports, ...instead })({ v: 1, alert }, contextOf());
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
  return { ...harness, ports, incidents, takeIn, settle, roots, threads };
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
      expectAccepted(strayMessage(one, [{ id: name, name }], Date.now()));
      expectAccepted(manyMessage(one, Date.now()));
      expectAccepted(withAlarms(plainMessage('stable'), one, Date.now()));
      expectAccepted(plainMessage(alarmWords(first, Date.now())));
    }),
    { numRuns: 300 },
  );
});
