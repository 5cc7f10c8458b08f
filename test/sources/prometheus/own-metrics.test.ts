import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { AskedOwn } from '../../../src/model/own-metrics.js';
import { makePrometheusClient } from '../../../src/sources/prometheus/client.js';
import { makeOwnMetrics } from '../../../src/sources/prometheus/own-metrics.js';
import { OWN_NAMES, ownQuery, ownSelectors, targetsOf } from '../../../src/sources/prometheus/own-query.js';
import { MIB } from '../../support/draw-series.js';
import { replica } from '../../support/fleet.js';
import { type Exported, exportedMetrics } from '../../support/open-metrics.js';
import { type PrometheusPart, startPrometheus } from '../../support/parts/prometheus.js';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const NOW = Date.UTC(2026, 10, 24, 12);
const FROM = NOW - 3 * HOUR;
const STARTED = NOW - 2 * HOUR;
const always = (value: number) => () => value;
const growing =
  (perHour: number, base = 50 * MIB) =>
  (t: number) =>
    base + (perHour * (t - FROM)) / HOUR;

const over = { fromMs: FROM, toMs: NOW, everyMs: 30_000 };
const compose = (service: string, number: number, project = 'shop') => ({
  com_docker_compose_project: project,
  com_docker_compose_service: service,
  com_docker_compose_container_number: String(number),
});
const GO = {
  process_resident_memory_bytes: growing(40 * MIB, 120 * MIB),
  process_start_time_seconds: (t: number) => (t < STARTED ? FROM - HOUR : STARTED) / 1_000,
  go_memstats_heap_inuse_bytes: growing(38 * MIB),
  go_memstats_heap_idle_bytes: always(30 * MIB),
  go_memstats_heap_released_bytes: always(20 * MIB),
  go_memstats_stack_inuse_bytes: always(MIB),
};
const scraped = (job: string, instance: string, more: Record<string, string> = {}) => ({ job, instance, ...more });

const PROCESSES: Exported[] = [
  // Docker's discovery, all labels kept: two replicas at addresses that tell nothing, and another project's of the same name.
  { ...over, labels: scraped('docker', '172.18.0.4:8080', compose('api', 1)), gauges: GO },
  { ...over, labels: scraped('docker', '172.18.0.5:8080', compose('api', 2)), gauges: GO },
  { ...over, labels: scraped('docker', '172.19.0.2:8080', compose('api', 1, 'blog')), gauges: GO },
  { ...over, labels: scraped('orders', '172.19.0.3:8080', compose('orders', 1, 'blog')), gauges: GO },
  // Two Prometheus that scrape the same.
  {
    ...over,
    labels: scraped('pods', '10.1.0.7:8080', { namespace: 'shop', pod: 'cart-0', container: 'cart', prometheus: 'a' }),
    gauges: GO,
  },
  {
    ...over,
    labels: scraped('pods', '10.1.0.7:8080', { namespace: 'shop', pod: 'cart-0', container: 'cart', prometheus: 'b' }),
    gauges: GO,
  },
  {
    ...over,
    labels: scraped('jvms', 'billing:9404'),
    gauges: {
      'jvm_memory_used_bytes{area="heap",id="G1 Eden Space"}': always(10 * MIB),
      'jvm_memory_used_bytes{area="heap",id="G1 Old Gen"}': growing(6 * MIB),
      'jvm_memory_used_bytes{area="nonheap",id="Metaspace"}': always(40 * MIB),
      'jvm_buffer_memory_used_bytes{id="direct"}': growing(MIB),
      'jvm_buffer_memory_used_bytes{id="mapped"}': always(90 * MIB),
    },
  },
  {
    ...over,
    labels: scraped('old-jvm', '10.0.0.8:9404'),
    gauges: {
      'jvm_memory_bytes_used{area="heap"}': growing(3 * MIB),
      'jvm_memory_bytes_used{area="nonheap"}': always(40 * MIB),
    },
  },
  {
    ...over,
    labels: scraped('web', '10.0.0.9:9464'),
    gauges: {
      process_resident_memory_bytes: growing(8 * MIB),
      nodejs_heap_size_used_bytes: growing(MIB),
      nodejs_external_memory_bytes: growing(7 * MIB),
    },
  },
  { ...over, labels: scraped('gone', 'x:1'), toMs: NOW - HOUR, gauges: { process_resident_memory_bytes: always(MIB) } },
];

let prometheus: PrometheusPart;
beforeAll(async () => {
  prometheus = await startPrometheus(exportedMetrics(PROCESSES));
}, 60_000);
afterEach(() => prometheus.thaw());
afterAll(() => prometheus.stop());

const nobody = { token: undefined, user: undefined, password: undefined, tenant: undefined };
const metrics = () => makeOwnMetrics(makePrometheusClient({ url: prometheus.url, ...nobody }), 2_000);
const asked = (id: string, number = 1, more: Partial<AskedOwn> = {}): AskedOwn => ({
  ...{ replica: replica(id, number), isOnlyName: true },
  ...more,
});
async function told(question: AskedOwn) {
  const { processes } = await metrics().of(question, FROM, NOW);
  return processes.map(({ parts, ...about }) => ({
    ...about,
    last: Object.fromEntries(
      Object.entries(parts).map(([part, points]) => [part, Math.round((points.at(-1)?.bytes ?? 0) / MIB)]),
    ),
    fromMs: Math.min(...Object.values(parts).map((points) => points[0]?.t ?? NOW)),
  }));
}

describe('what processes export, in a real Prometheus', () => {
  test.each([1, 2])('Go under Compose: replica %i is found by its labels, and told of since it was begun', async (number) => {
    expect(await told(asked('shop/api', number, { isOnlyName: false }))).toEqual([
      {
        ...{ isNamed: true, runtime: 'go', startedAtMs: STARTED },
        last: { resident: 240, heap: 164, kept: 10, stacks: 1 },
        fromMs: STARTED + MINUTE,
      },
    ]);
  });
  test('what is called so in another project is another', async () => {
    const [only, ...more] = await metrics()
      .of(asked('shop/api', 1), FROM, NOW)
      .then(({ processes }) => processes);
    expect([only?.isNamed, more]).toEqual([true, []]);
    expect(await told(asked('forum/api', 1))).toEqual([]);
    // Its job is called as the service that is asked for; its labels say whose it is.
    expect([await told(asked('shop/orders')), (await told(asked('blog/orders'))).length]).toEqual([[], 1]);
  });
  test('Kubernetes, scraped twice: one process', async () => {
    expect(await told(asked('shop/cart'))).toMatchObject([{ runtime: 'go', startedAtMs: STARTED }]);
  });
  test('a JVM by the host of its address, its pools summed; mapped files are none of its own', async () => {
    expect(await told(asked('shop/billing'))).toEqual([
      {
        ...{ isNamed: false, runtime: 'jvm', startedAtMs: null, fromMs: FROM },
        last: { heap: 78, nonheap: 40, direct: 53 },
      },
    ]);
  });
  test('an old client of a JVM by the job that a rule names', async () => {
    expect(await told(asked('shop/ledger'))).toEqual([]);
    expect(await told(asked('shop/ledger', 1, { job: 'old-jvm' }))).toMatchObject([{ last: { heap: 59, nonheap: 40 } }]);
  });
  test('Node by its job, where no other service is called so', async () => {
    expect(await told(asked('shop/web'))).toMatchObject([{ runtime: 'node', last: { resident: 74, heap: 53, external: 71 } }]);
    expect(await told(asked('shop/web', 1, { isOnlyName: false }))).toEqual([]);
  });
  test('one that is no longer scraped is none; nor is one that nobody knows', async () => {
    expect([await told(asked('gone')), await told(asked('shop/nobody'))]).toEqual([[], []]);
  });
  test('frozen: a sentence, in the time that it has', async () => {
    prometheus.freeze();
    await expect(metrics().of(asked('shop/api'), FROM, NOW)).rejects.toThrow('Prometheus: no answer in 2 s');
  });
});

describe('names', () => {
  const told = (text: string, names: readonly string[]) => names.filter((name) => new RegExp(`^${name} \\d`, 'm').test(text));
  const { resident, start, inUse, allocated, idle, released, stacks, v8, external } = OWN_NAMES;
  test('are those of the client for Go, which this Prometheus has', async () => {
    const names = [resident, start, inUse, allocated, idle, released, stacks];
    expect(told(await (await fetch(`${prometheus.url}/metrics`)).text(), names)).toEqual(names);
  });
  test('are those of the client for Node, which we have', async () => {
    const names = [resident, start, v8, external];
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    expect(told(await registry.metrics(), names)).toEqual(names);
  });
});

describe('what is asked', () => {
  const HOSTILE = ['a"} or vector(1) #', "a'} or up", 'a\\', 'a\n} or up', '.*', 'a|b|', '\ud800 \u2028{}', '(((((', '$__range'];

  async function accepted(query: string) {
    const body = new URLSearchParams({ query });
    const response = await fetch(`${prometheus.url}/api/v1/format_query`, { method: 'POST', body });
    return (await response.json()) as { status: string; data: string };
  }
  test('is one selector each that its parser takes, whatever a name says', async () => {
    const names = [
      ...HOSTILE,
      ...fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), { seed: 7, numRuns: 10 }),
    ];
    for (const name of names) {
      const one = replica('x', 1, { service: { id: name, name, project: name }, containerName: name });
      const selectors = [{}, { job: name }].flatMap((more) => ownSelectors({ replica: one, isOnlyName: true, ...more }));
      const query = ownQuery([{ job: name, instance: name, key: '', isNamed: false }]);
      for (const text of [...selectors, query]) {
        const { status, data } = await accepted(text);
        expect({ name, text, status }).toEqual({ name, text, status: 'success' });
        expect(data).toMatch(/^\{.*\}$/s);
      }
    }
  }, 30_000);
  test('a name that would match all matches nobody', async () => {
    const one = replica('x', 1, { service: { id: '.*', name: '.*', project: '.*' }, containerName: '.*' });
    expect(await told({ replica: one, isOnlyName: true })).toEqual([]);
    expect(await told({ replica: one, isOnlyName: true, job: '.*' })).toEqual([]);
  });
  test('of several the one that is named as the container, and of these the one on its host; a host of another name is no reason against it', () => {
    const named = (node: string) => ({ job: 'api', instance: `10.0.0.${node.length}:80`, container_name: '/api-1', node });
    const other = { job: 'api', instance: '10.0.0.99:80' };
    const found = (...series: Parameters<typeof targetsOf>[0]) => targetsOf(series, asked('api')).map(({ instance }) => instance);
    expect(found(other, named('hv-02'))).toEqual(['10.0.0.5:80']);
    expect(found(other, named('the-other'), named('hv-01'))).toEqual(['10.0.0.5:80']);
    expect(found(named('the-other'), named('hv-02'))).toEqual(['10.0.0.5:80', '10.0.0.9:80']);
    expect(found({ job: 'api', instance: 'hv-01:80' }, other)).toEqual(['hv-01:80']);
  });
  test('at most twenty processes are read', () => {
    const many = Array.from({ length: 50 }, (_, i) => ({ job: 'api', instance: `10.0.0.${i}:80` }));
    expect(targetsOf(many, asked('api'))).toHaveLength(20);
  });
});
