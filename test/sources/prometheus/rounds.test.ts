import { describe, expect, test } from '@jest/globals';
import { makePrometheusClient, type PrometheusClient } from '../../../src/sources/prometheus/client.js';
import { decodeContainer } from '../../../src/sources/prometheus/decode-container.js';
import { readContainers, readLives } from '../../../src/sources/prometheus/history.js';
import { readServices, servicesOf } from '../../../src/sources/prometheus/services.js';
import { composeLabels, openMetrics } from '../../support/open-metrics.js';
import { startPrometheus } from '../../support/parts/prometheus.js';

/** How often a Prometheus is asked, and for how much at once: counted at the port. */
const [HOUR, DAY] = [3_600_000, 24 * 3_600_000];
const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 24, 12);
/** On the grid. */
const REAL_NOW = Math.floor(Date.now() / (5 * MINUTE)) * 5 * MINUTE;
const EMPTY = { status: 'success', data: { resultType: 'matrix', result: [] } };
const never = new AbortController().signal;
const fleet = (services: number, replicas: number) =>
  Array.from({ length: services * replicas }, (_, i) => {
    const labels = composeLabels(i.toString(16).padStart(64, '0'), `service-${i % services}`, 1 + Math.floor(i / services));
    return decodeContainer(labels) ?? [];
  }).flat();

function counting() {
  const asked: { readonly named: number; readonly points: number }[] = [];
  const client: PrometheusClient = {
    range: async (query, { count }) => {
      asked.push({ named: new Set(query.match(/[0-9a-f]{64}/g)).size, points: count });
      return EMPTY;
    },
    series: async () => ({ status: 'success', data: [] }),
  };
  return { client, asked };
}

test('500 containers, 24 hours: ten queries', async () => {
  const { client, asked } = counting();
  for await (const _ of readLives(client, fleet(50, 10), { fromMs: NOW - DAY, toMs: NOW }, never));
  expect(asked).toHaveLength(10);
});

test('a real one takes the ten of them, each with 500 containers by name, and answers for all', async () => {
  const ids = Array.from({ length: 500 }, (_, i) => i.toString(16).padStart(64, '0'));
  const samples = [2, 1].map((minutes) => ({ t: REAL_NOW - minutes * MINUTE, usage: 2e7, anon: 1e7, limit: 2e8, cpuNanos: 1e9 }));
  const told = ids.map((id, i) => ({ labels: composeLabels(id, `service-${i}`), samples, startedAtMs: REAL_NOW - DAY }));
  const prometheus = await startPrometheus(openMetrics(told));
  try {
    const nobody = { token: undefined, user: undefined, password: undefined, tenant: undefined };
    const client = makePrometheusClient({ url: prometheus.url, ...nobody });
    const lives = [];
    const range = { fromMs: REAL_NOW - DAY, toMs: REAL_NOW };
    const { containers } = await readContainers(client, range.fromMs, range.toMs, never);
    for await (const read of readLives(client, containers, range, never)) lives.push(...read.lives);
    expect(lives).toHaveLength(500);
    for (const { remembered } of lives) expect(remembered.samples.length).toBeGreaterThan(0);
  } finally {
    await prometheus.stop();
  }
}, 60_000);

describe('a month of all services, one after the other', () => {
  test.each([
    [500, 1],
    [50, 10],
    [3, 200],
  ])(
    '%i services of %i replicas: twenty containers at a time, or those of one service in what an answer has room for',
    async (services, replicas) => {
      const { client, asked } = counting();
      const containers = fleet(services, replicas);
      const range = { fromMs: NOW - 30 * DAY, toMs: NOW };
      const told: string[] = [];
      for await (const { service } of readServices(client, containers, servicesOf(containers), range, (work) => work(never)))
        told.push(service.id);
      expect(new Set(told).size).toBe(services);
      const most = Math.max(...asked.map(({ named }) => named));
      expect(most).toBeLessThanOrEqual(Math.max(20, Math.min(replicas, 60)));
      for (const { named, points } of asked) expect(named * points * 36).toBeLessThanOrEqual(16 * 2 ** 20);
      expect(asked[0]?.points).toBeGreaterThan((30 * DAY) / HOUR);
    },
  );
});
