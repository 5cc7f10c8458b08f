import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { makeAskOwn } from '../../jobs/own-metrics.js';
import { NO_RULES, type ServiceRules } from '../../src/model/rules.js';
import { makeHeapReader } from '../../src/sandbox/heap-reader.js';
import { makePrometheusClient } from '../../src/sources/prometheus/client.js';
import { makeOwnMetrics } from '../../src/sources/prometheus/own-metrics.js';
import { makeInventory } from '../../src/store/inventory.js';
import { makeSamples } from '../../src/store/samples.js';
import type { Harness } from '../delivery/harness.js';
import { useStage } from '../delivery/stage.js';
import { buildScript } from '../support/draw-entry.js';
import { fillFleet } from '../support/filled-fleet.js';
import { heapWorld } from '../support/heaps/world.js';
import { exportedMetrics } from '../support/open-metrics.js';
import { type PrometheusPart, startPrometheus } from '../support/parts/prometheus.js';

/** service-0 exports metrics to a real Prometheus, which has those of 70 minutes. Its heap costs something, or nobody serves it. */
const [MINUTE, HOUR, MIB] = [60_000, 3_600_000, 2 ** 20];
const { slack, start } = await useStage();
const target = { kind: 'channel', channel: 'C0OPS', user: 'U1' } as const;
const nobody = { token: undefined, user: undefined, password: undefined, tenant: undefined };
const GONE = 1_500;
let [entry, harness, prometheus] = ['', null as unknown as Harness, null as unknown as PrometheusPart];

beforeAll(async () => {
  entry = await buildScript('heap-entry', "import './src/sandbox/heap-entry.ts';");
  const toMs = Date.now();
  const fromMs = toMs - 70 * MINUTE;
  const grown = (base: number, perHour: number) => (t: number) => MIB * (base + (perHour * (t - fromMs)) / HOUR);
  const process = (number: number, job: string, gauges: Record<string, (t: number) => number>) => ({
    ...{ fromMs, toMs, everyMs: 15_000, gauges: { process_resident_memory_bytes: grown(120, 40), ...gauges } },
    labels: { job, instance: `service-0-${number}:8080` },
  });
  prometheus = await startPrometheus(
    exportedMetrics(
      [1, 2].flatMap((number) => [process(number, 'fleet', { 'jvm_memory_used_bytes{area="heap"}': grown(60, 4) })]),
    ),
  );
}, 60_000);
afterAll(async () => {
  await prometheus.stop();
  await rm(entry, { force: true });
});
afterEach(() => prometheus.thaw());
beforeEach(async () => {
  harness = await start();
  await fillFleet(harness.redis, { services: 2, replicas: 2, historyMs: 20 * MINUTE });
});

async function makeWorld(rule: string | null, rules: ServiceRules = {}) {
  const { redis } = harness;
  let asked = 0;
  const metrics = makeOwnMetrics(makePrometheusClient({ url: prometheus.url, ...nobody }), GONE);
  const askOwn = makeAskOwn({
    metrics: {
      of: (...question) => {
        asked += 1;
        return metrics.of(...question);
      },
    },
    ...{ inventory: makeInventory(redis), samples: makeSamples(redis), warn: () => {} },
    rules: { now: () => ({ ...NO_RULES, defaults: rules }) },
  });
  const world = await heapWorld(harness, makeHeapReader({ entry, answerMs: 15_000 }), rule, askOwn);
  return { ...world, timesAsked: () => asked };
}
const all = () => slack.messages.map(({ text, blocks }) => JSON.stringify([text, blocks])).join('\n');
const LINE = /By its own metrics, \d\d min: JVM heap \+4(\.\d)? of \+40 MiB\/h of resident memory; outside of it \+36 MiB\/h/;

describe('what a process exports is said', () => {
  test('of a JVM whose heap takes a command that nobody switched on: beside the remedy', async () => {
    const world = await makeWorld(null);
    Object.assign(world.taking, { about: async () => ({ programs: ['java'], program: 'java', variables: [] }) });
    await world.want({ target });
    expect(all()).toMatch(/LEAKWATCH_EXEC=on of that host’s agent allows/);
    expect(all()).toMatch(LINE);
    expect(world.process.fetched).toBe(0);
  }, 30_000);
  test('where nobody serves pprof: beside how it is served', async () => {
    const world = await makeWorld('6060');
    world.process.answer = async () => null;
    await world.want({ target });
    expect(all()).toMatch(/import _ \\"net\/http\/pprof\\"/);
    expect(all()).toMatch(LINE);
  }, 30_000);
  test('with the heap, where there is one; not with goroutines', async () => {
    const world = await makeWorld('6060');
    await world.want({ target });
    expect(all()).toMatch(/of live heap/);
    expect(all()).toMatch(LINE);
    const before = world.timesAsked();
    await world.want({ target, profile: 'goroutine' });
    expect(world.timesAsked()).toBe(before);
  }, 30_000);
  test('found by the job of a rule; where that is another’s, by nothing', async () => {
    const world = await makeWorld('6060', { job: 'fleet' });
    await world.want({ target });
    expect(all()).toMatch(LINE);
    const other = await makeWorld('6060', { job: 'fleets' });
    await other.want({ target });
    expect([slack.messages.length, slack.messages.at(-1)?.text]).toEqual([2, expect.stringContaining('of live heap')]);
    expect(JSON.stringify(slack.messages.at(-1))).not.toContain('own metrics');
  }, 30_000);
});

describe('a Prometheus that does not answer', () => {
  test('costs its deadline once: the heap is said without, and the fine print says why', async () => {
    const world = await makeWorld('6060');
    prometheus.freeze();
    const fromMs = performance.now();
    await world.want({ target });
    expect(performance.now() - fromMs).toBeLessThan(GONE + 10_000);
    expect(all()).toMatch(/of live heap/);
    expect(all()).toContain('Prometheus: no answer in 1.5 s');
    expect(all()).not.toContain('own metrics');
    const before = world.timesAsked();
    await world.want({ target, serviceId: 'service-1' });
    expect(world.timesAsked()).toBe(before);
  }, 30_000);
});
