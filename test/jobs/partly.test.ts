import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { makeListElsewhere } from '../../jobs/list-elsewhere.js';
import { type LookPorts, lookAt, lookElsewhere } from '../../jobs/look.js';
import { makeRecall } from '../../jobs/recall.js';
import { card } from '../../src/render/card.js';
import { makePrometheusClient } from '../../src/sources/prometheus/client.js';
import { makeLongHistory } from '../../src/sources/prometheus/long-history.js';
import { makeKnownElsewhere } from '../../src/store/known-elsewhere.js';
import { makeRemembered } from '../../src/store/remembered.js';
import { drawnTold } from '../support/drawn-told.js';
import { replica } from '../support/fleet.js';
import { openMetrics, type Told } from '../support/open-metrics.js';
import { runCommand } from '../support/parts/command.js';
import { startPartly } from '../support/parts/partly.js';
import { type PrometheusPart, startPrometheus } from '../support/parts/prometheus.js';
import { ownDatabase } from '../support/parts/redis.js';

/** Two days of two services in a real Prometheus, of which a part is gone: Thanos, Mimir and VictoriaMetrics answer all the same, with 200, and say so in their ways. */
const HOUR = 3_600_000;
const NOW = Math.floor(Date.now() / 300_000) * 300_000;
const FORMS: [string, object, string][] = [
  [
    'Thanos, with warnings',
    { warnings: ['No StoreAPIs matched for this query', 'receive series from Addr: 10.0.0.7:10901: rpc error'] },
    'No StoreAPIs matched for this query',
  ],
  ['VictoriaMetrics, with isPartial', { isPartial: true }, 'some of its storage did not answer'],
  [
    'both, and remarks',
    { isPartial: true, warnings: ['vmstorage-3 is gone'], infos: ['x'] },
    'some of its storage did not answer',
  ],
];
const REMARK = { infos: ['PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "x"'] };

let prometheus: PrometheusPart;
let told: Told;
let database: Awaited<ReturnType<typeof ownDatabase>>;
let redis: Redis;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  told = drawnTold('api-svc', 1, '_'.repeat(48), NOW);
  prometheus = await startPrometheus(openMetrics([told, drawnTold('cart', 1, '_'.repeat(48), NOW)]));
  database = await ownDatabase();
  redis = new Redis(database.url);
}, 60_000);
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
  await redis.flushdb();
});
afterAll(async () => {
  await prometheus.stop();
  await redis.quit();
  await database.close();
});

async function partly(more: object, kept?: Parameters<typeof startPartly>[2]) {
  const part = await startPartly(prometheus.url, more, kept);
  closers.push(part.stop);
  const nobody = { token: undefined, user: undefined, password: undefined, tenant: undefined };
  const history = makeLongHistory(makePrometheusClient({ url: part.url, ...nobody }));
  const id = /[0-9a-f]{64}/.exec(told.labels.id ?? '')?.[0] ?? '';
  const api = replica('shop/api-svc', 1, {
    host: 'hv-01',
    run: { containerId: id, image: 'api-svc:1', startedAtMs: NOW - 48 * HOUR },
  });
  const all = { inventory: { all: async () => [api] }, runs: { read: async () => [api.run] } };
  const remembered = makeRemembered(redis);
  const recall = makeRecall({ history, remembered, ...all, warn: () => {} });
  const own = told.samples.filter(({ t }) => t > NOW - 2 * HOUR);
  const ports: LookPorts = {
    ...{ ...all, hosts: { all: async () => [] }, ledger: { read: async () => [] }, recall },
    samples: { read: async () => own },
  };
  const look = async () => (await lookAt(api.service, [api], [], 48 * HOUR, NOW, ports)).assessment;
  return { url: part.url, history, ports, look };
}
const cardOf = (assessment: Parameters<typeof card>[0]) =>
  JSON.stringify(card(assessment, { nowMs: NOW, windowMs: 48 * HOUR, watching: false }));
const never = () => Promise.reject(new Error('it answers'));
const without = (service: string) => (labels: Readonly<Record<string, string>>) =>
  labels.container_label_com_docker_compose_service !== service;

describe.each(FORMS)('half of what is asked for is gone, and it is said as by %s', (_who, more, words) => {
  test('the card says so, and so does the next one, which is of what is kept', async () => {
    const { look } = await partly(more);
    for (const assessment of [await look(), await look()])
      expect(cardOf(assessment)).toContain(`Prometheus answered in part: ${words}`);
  });

  test('a service of which that has nothing is not one that is not there', async () => {
    const { ports } = await partly(more, without('cart'));
    await expect(lookElsewhere('shop/cart', 48 * HOUR, NOW, ports)).rejects.toThrow(
      `Prometheus: answered in part, and that has nothing of it: ${words}`,
    );
    expect((await lookElsewhere('shop/api-svc', 48 * HOUR, NOW, ports))?.assessment.history).toMatchObject({ partial: words });
  });

  test('who was known and is left out stays known for a quarter of an hour, however often that is answered; a whole answer ends it', async () => {
    const known = makeKnownElsewhere(redis);
    const list = async (minute: number, { history }: Awaited<ReturnType<typeof partly>>) => {
      const atMs = NOW + minute * 60_000;
      // The server knows of no time after now.
      const then = { replicas: () => history.replicas(NOW) };
      const ports = {
        known: { ...known, turn: async () => true },
        history: then,
        heard: { failed: never, answered: async () => {} },
      };
      await makeListElsewhere({ ...ports, nowMs: () => atMs })();
      return (await known.all()).map(({ service }) => service.id).sort();
    };
    const [whole, half] = [await partly({}), await partly(more, without('cart'))];
    expect(await list(0, whole)).toEqual(['shop/api-svc', 'shop/cart']);
    for (const minute of [1, 7, 14]) expect(await list(minute, half)).toEqual(['shop/api-svc', 'shop/cart']);
    expect(await list(15, half)).toEqual(['shop/api-svc']);
    expect(await list(16, whole)).toEqual(['shop/api-svc', 'shop/cart']);
    expect(await list(17, await partly({}, without('cart')))).toEqual(['shop/api-svc']);
  });

  test('leakwatch replay --prometheus calls nothing quiet that it knows in part', async () => {
    const { url } = await partly(more, without('cart'));
    const { code, output, errors } = await runCommand(['replay', '--prometheus', url, '--since', '3d']);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(
        /^shop\/api-svc · 1 replica · .* · answered in part, and that is quiet\n\n1 service: .*\nAll of them answered in part: there may have been more\.\n$/,
      ),
    });
    expect(errors).toContain(`leakwatch: Prometheus: its list of containers is partial: ${words}\n`);
  });
});

test('a remark about a whole answer is not said', async () => {
  const { look, url } = await partly(REMARK);
  expect(cardOf(await look())).not.toMatch(/in part/);
  const { output, errors } = await runCommand(['replay', '--prometheus', url, '--since', '3d']);
  expect({ errors, said: /in part/.test(output) }).toEqual({ errors: '', said: false });
});
