import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type LookPorts, lookAt, lookElsewhere } from '../../jobs/look.js';
import { makeRecall } from '../../jobs/recall.js';
import { worldError } from '../../src/errors.js';
import type { LongHistory } from '../../src/model/history.js';
import type { Replica } from '../../src/model/replica.js';
import type { Sample } from '../../src/model/sample.js';
import { card } from '../../src/render/card.js';
import { plainLines } from '../../src/render/plain-lines.js';
import { makePrometheusClient } from '../../src/sources/prometheus/client.js';
import { makeLongHistory } from '../../src/sources/prometheus/long-history.js';
import { makeRemembered } from '../../src/store/remembered.js';
import { drawn, MIB } from '../support/draw-series.js';
import { replica } from '../support/fleet.js';
import { composeLabels, openMetrics } from '../support/open-metrics.js';
import { type PrometheusPart, startPrometheus } from '../support/parts/prometheus.js';
import { ownDatabase } from '../support/parts/redis.js';

/** An agent that has been there for two hours, and a Prometheus that has been for days: the leak is five days old. */
const [MINUTE, HOUR] = [60_000, 3_600_000];
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 24, 12);
const [OLD, NEW, MISNAMED] = ['ab'.repeat(32), 'cd'.repeat(32), 'c0'.repeat(32)];
const OWN_FROM = NOW - 2 * HOUR;
const STARTED = NOW - 5 * DAY;

const CALM_THEN_LEAKS = `${'_'.repeat(9 * 24)}!${'/'.repeat(5 * 24)}`;
const { samples: HISTORY } = drawn(CALM_THEN_LEAKS, { charMs: HOUR, intervalMs: MINUTE, stepBytes: MIB, noiseBytes: MIB / 2 });
const MOVED = HISTORY.map((sample) => ({ ...sample, t: sample.t + NOW - CALM_THEN_LEAKS.length * HOUR }));
const API = replica('shop/api-svc', 1, { run: { containerId: NEW, image: 'api-svc:2', startedAtMs: STARTED } });

let database: Awaited<ReturnType<typeof ownDatabase>>;
let redis: Redis;
beforeEach(async () => {
  database = await ownDatabase();
  redis = new Redis(database.url);
});
afterEach(async () => {
  prometheus.thaw();
  await redis.quit();
  await database.close();
});

function portsOf(history: LongHistory | null, own: readonly Sample[], all: readonly Replica[] = [API]) {
  const asked: string[] = [];
  const remembered = makeRemembered(redis);
  const counted: LongHistory | null = history && {
    ...history,
    past: (...question) => {
      asked.push(question[0].map(({ replica: { key } }) => key).join());
      return history.past(...question);
    },
  };
  const inventory = { all: async () => [...all] };
  const runs = { read: async (key: string) => all.filter((one) => one.key === key).map(({ run }) => run) };
  const recall = counted ? makeRecall({ history: counted, remembered, inventory, runs, warn: () => {} }) : undefined;
  const ports: LookPorts = {
    ...{ inventory, hosts: { all: async () => [] }, runs, ledger: { read: async () => [] }, recall },
    samples: { read: async (key, fromMs, toMs) => (key === API.key ? own.filter(({ t }) => t >= fromMs && t <= toMs) : []) },
  };
  return { ports, asked };
}

const OWN = MOVED.filter(({ t }) => t >= OWN_FROM);

let prometheus: PrometheusPart;
beforeAll(async () => {
  const before = MOVED.filter(({ t }) => t < STARTED);
  const after = MOVED.filter(({ t }) => t >= STARTED);
  const { samples } = drawn(`__${'/'.repeat(28)}`, {
    charMs: MINUTE,
    intervalMs: 15_000,
    stepBytes: 4 * MIB,
    noiseBytes: MIB / 4,
  });
  const young = samples.map((sample) => ({ ...sample, t: sample.t - (samples.at(-1)?.t ?? 0) + NOW - 5_000 }));
  // Docker 29: the new container has no names any more; the old one is another container of the same place.
  const nameless = { id: `/system.slice/docker-${NEW}.scope`, name: '', image: '', instance: '10.0.0.3:8080' };
  prometheus = await startPrometheus(
    openMetrics([
      { labels: composeLabels(OLD, 'api-svc', 1, { instance: '10.0.0.3:8080' }), samples: before, startedAtMs: NOW - 20 * DAY },
      { labels: nameless, samples: after, startedAtMs: STARTED },
      { labels: composeLabels('ef'.repeat(32), 'cart', 1, { instance: '10.0.0.9:8080' }), samples: after, startedAtMs: STARTED },
      { labels: composeLabels(MISNAMED, 'billing', 1, { instance: '10.0.0.9:8080' }), samples: after, startedAtMs: STARTED },
      { labels: { id: `/docker/${MISNAMED}`, name: '<!channel>' }, samples: after.slice(-60), startedAtMs: STARTED },
      { labels: composeLabels('0a'.repeat(32), 'young', 1), samples: young, startedAtMs: young[0]?.t ?? 0 },
    ]),
  );
}, 60_000);
afterAll(() => prometheus.stop());

function longHistory(): LongHistory {
  const nobody = { token: undefined, user: undefined, password: undefined, tenant: undefined };
  return makeLongHistory(makePrometheusClient({ url: prometheus.url, ...nobody }), 2_000);
}
const fine = (look: { assessment: Parameters<typeof card>[0] }) => {
  const message = card(look.assessment, { nowMs: NOW, windowMs: 14 * DAY, watching: false });
  const context = message.blocks[1] as { elements: { text: string }[] };
  return [...plainLines(message), context.elements[0]?.text].join('\n');
};
const check = (ports: LookPorts) => lookAt(API.service, [API], [], 14 * DAY, NOW, ports);

describe('own samples of two hours and a Prometheus of two weeks', () => {
  test('who asks for a short window first does not make that all that is remembered', async () => {
    const { ports, asked } = portsOf(longHistory(), OWN);
    await lookAt(API.service, [API], [], 6 * HOUR, NOW, ports);
    expect(fine(await check(ports))).toMatch(/Data: Prometheus 13 d 21 h \+ own 2 h/);
    expect(asked).toHaveLength(1);
  });
  test('are one history: by container id where there are no names, by its place before; and the fine print says which is which', async () => {
    const history = longHistory();
    const { ports } = portsOf(history, OWN);
    const look = await check(ports);
    const alone = await check(portsOf(null, OWN).ports);
    expect(look.assessment).toMatchObject({ verdict: 'leaking', growthBytesPerHour: { value: expect.any(Number) } });
    expect((look.assessment.growthBytesPerHour?.value ?? 0) / MIB).toBeCloseTo(1, 1);
    expect(fine(look)).toMatch(/Data: Prometheus 13 d 21 h \+ own 2 h \(14 d looked at\) · newest \d+ s old/);
    const [series] = look.series;
    expect(series?.runs.map(({ containerId }) => containerId)).toEqual([OLD, NEW]);
    const { samples = [] } = series ?? {};
    expect([...samples].filter(({ t }) => t >= OWN_FROM)).toEqual(OWN);
    expect([...samples].filter(({ t }) => t < OWN_FROM).length).toBeGreaterThan(12 * 24 * 12);
    // Two hours alone are another answer: that is what it is asked for.
    expect(alone.assessment.replicas[0]?.historyFromMs).toBe(OWN_FROM);
  }, 60_000);

  test('it is asked once; after that, also when it is gone, what it told is there', async () => {
    const { ports, asked } = portsOf(longHistory(), OWN);
    const [first] = await Promise.all([check(ports), check(ports)]);
    prometheus.freeze();
    const later = await check(ports);
    expect(asked).toEqual([API.key]);
    expect(later.assessment).toEqual(first?.assessment);
  }, 60_000);

  test('a service that no agent knows is answered from it alone; one that nobody knows is not', async () => {
    const history = longHistory();
    const { ports } = portsOf(history, OWN);
    const look = await lookElsewhere('shop/cart', 14 * DAY, NOW, ports);
    expect(look?.assessment).toMatchObject({ verdict: 'leaking', service: { id: 'shop/cart' } });
    expect(look ? fine(look) : '').toMatch(/Data: Prometheus 5 d \(14 d looked at\) · newest/);
    expect(await lookElsewhere('shop/carts', 14 * DAY, NOW, ports)).toBeNull();
    expect((await history.replicas(NOW)).replicas.map(({ service }) => service.id).sort()).toEqual([
      'shop/billing',
      'shop/cart',
      'shop/young',
    ]);
  }, 60_000);

  test('a container that it has under the name of another service: its id is believed, and the fine print says the name', async () => {
    const run = { containerId: MISNAMED, image: 'pay:1', startedAtMs: STARTED };
    const pay = replica('shop/pay', 1, { run });
    const { ports, asked } = portsOf(longHistory(), [], [pay]);
    const look = () => lookAt(pay.service, [pay], [], 14 * DAY, NOW, ports);
    for (const words of [fine(await look()), fine(await look())]) {
      expect(words).toMatch(/Data: Prometheus 5 d .* · Prometheus names it &lt;!channel&gt;: its container id is believed/);
    }
    expect(asked).toHaveLength(1);
    const elsewhere = await lookElsewhere('shop/billing', 14 * DAY, NOW, ports);
    expect(elsewhere ? fine(elsewhere) : '').toContain('Prometheus names it &lt;!channel&gt;: its container id is believed');
  }, 60_000);

  test.each([
    ['under its own name, without its project: that is no other', 'shop-cart-1', false],
    ['under another', 'pay', true],
  ])(
    'a container that it has %s',
    async (_, containerName, isOther) => {
      const run = { containerId: 'ef'.repeat(32), image: 'pay:1', startedAtMs: STARTED };
      const pay = replica('pay', 1, { run, containerName });
      const look = await lookAt(pay.service, [pay], [], 14 * DAY, NOW, portsOf(longHistory(), [], [pay]).ports);
      expect(fine(look)).toContain('Data: Prometheus 5 d');
      expect(fine(look).includes('Prometheus names it shop/cart: its container id is believed')).toBe(isOther);
    },
    60_000,
  );

  test('one that no agent knows and that leaks since half an hour: its end is looked at closely, however far back it is asked for', async () => {
    const look = await lookElsewhere('shop/young', 14 * DAY, NOW, portsOf(longHistory(), []).ports);
    expect(look?.assessment).toMatchObject({ verdict: 'leaking', replicas: [{ window: { samples: expect.any(Number) } }] });
    expect((look?.assessment.growthBytesPerHour?.value ?? 0) / (240 * MIB)).toBeCloseTo(1, 1);
    const [series] = look?.series ?? [];
    expect(series?.runs).toHaveLength(1);
    // A sample a scrape, as an agent would have them.
    expect(series?.samples.length).toBeGreaterThan(115);
    expect(series?.samples.length).toBeLessThan(125);
  }, 60_000);
});

describe('a Prometheus whose clock is ten minutes behind ours', () => {
  test.each(['shop/cart', 'shop/young'])(
    '%s: what it says of now is ten minutes old, which is said, and is no verdict',
    async (service) => {
      const nowMs = NOW + 10 * MINUTE;
      const look = await lookElsewhere(service, 14 * DAY, nowMs, portsOf(longHistory(), []).ports);
      expect(look?.assessment).toMatchObject({ verdict: 'unknown', reason: 'no-data' });
      const message = card(look?.assessment as Parameters<typeof card>[0], { nowMs, windowMs: 14 * DAY, watching: false });
      expect(JSON.stringify(message)).toMatch(/newest sample is 1[0-2] min old/);
    },
    60_000,
  );

  test('ahead of ours: what is yet to come is not asked for, and the rest is judged', async () => {
    const nowMs = NOW - 10 * MINUTE;
    const look = await lookElsewhere('shop/cart', 14 * DAY, nowMs, portsOf(longHistory(), []).ports);
    expect(look?.assessment).toMatchObject({ verdict: 'leaking' });
    expect(look?.series[0]?.samples.at(-1)?.t).toBeLessThanOrEqual(nowMs);
  }, 60_000);
});

describe('a Prometheus that does not do as asked', () => {
  test('frozen: own samples answer once the time is over, it is said, and the next answers do not wait', async () => {
    prometheus.freeze();
    const { ports, asked } = portsOf(longHistory(), OWN);
    const look = await check(ports);
    expect(fine(look)).toContain('Prometheus: no answer in 2 s');
    expect(fine(look)).toMatch(/Data: 1 h 59 of samples/);
    expect(fine(await check(ports))).toContain('Prometheus: no answer in 2 s');
    expect(asked).toHaveLength(1);
  }, 60_000);

  test('its words are escaped and short', async () => {
    const past = async () => {
      throw worldError(`Prometheus: answered 422: <!channel> ${'x'.repeat(5_000)}`);
    };
    const never = { past, replicas: async () => ({ replicas: [] }), service: async () => ({ series: [] }) };
    const words = fine(await check(portsOf(never, OWN).ports));
    expect(words).toContain('&lt;!channel&gt;');
    expect(words.length).toBeLessThan(3_000);
  });

  test('half of it is said to be half, and asked for again after ten minutes', async () => {
    const samples = MOVED.filter(({ t }) => t > NOW - 3 * DAY && t < OWN_FROM).filter((_, i) => i % 5 === 0);
    const past = async () => ({ replicas: new Map([[API.key, { samples, runs: [] }]]), partial: 'store-3 is gone' });
    const { ports } = portsOf({ past, replicas: async () => ({ replicas: [] }), service: async () => ({ series: [] }) }, OWN);
    expect(fine(await check(ports))).toContain('Prometheus answered in part: store-3 is gone');
    const [key] = await redis.keys('*remembered*');
    expect(await redis.pttl(String(key))).toBeLessThanOrEqual(10 * MINUTE);
  });
});
