import { expect, test } from '@jest/globals';
import { makeAgentMetrics } from '../../src/http/agent-metrics.js';
import { type MetricsParts, makeMetrics } from '../../src/http/metrics.js';
import { beat, replica } from '../support/fleet.js';
import { incident } from '../support/incidents.js';

const NOW = 1_800_000_000_000;
const calm = {
  version: '1.2.3',
  depths: async () => ({}),
  hosts: { all: async () => [] },
  verdicts: { counts: async () => ({ leaking: 1, suspicious: 0, stable: 7, unknown: 2 }) },
  incidents: { open: async () => [incident('i-1', 'shop/api-svc', { level: 'page' }), incident('i-2', 'cart')] },
  pages: { failing: async () => [] },
  ...{ undelivered: async () => ({ waiting: 0, sinceMs: null, refused: false }), workers: async () => 2 },
  answering: { unanswered: async () => null },
  nowMs: () => NOW,
} satisfies MetricsParts;

test('queues and hosts as they are now: what is gone, or cannot be asked, is not there with an old figure', async () => {
  let depths: Record<string, number> | null = { work: 3, 'sample-hv-01': 1 };
  let beats = [beat('hv-01', NOW - 7_000)];
  const metrics = makeMetrics({
    ...calm,
    depths: async () => depths ?? Promise.reject(new Error('Redis is away')),
    hosts: { all: async () => beats },
  });
  const ours = async () => (await metrics.text()).split('\n').filter((line) => /^leakwatch_(queue|agent)/.test(line));
  expect(await ours()).toEqual([
    'leakwatch_queue_jobs{queue="work"} 3',
    'leakwatch_queue_jobs{queue="sample-hv-01"} 1',
    'leakwatch_agent_last_seen_seconds{host="hv-01"} 7',
  ]);
  [depths, beats] = [{ work: 0 }, []];
  expect(await ours()).toEqual(['leakwatch_queue_jobs{queue="work"} 0']);
  depths = null;
  expect(await ours()).toEqual([]);
});

test('acknowledgements are counted by how long they took', async () => {
  const metrics = makeMetrics(calm);
  metrics.ackSeconds.observe(0.02);
  expect(await metrics.text()).toContain('leakwatch_slack_ack_seconds_bucket{le="0.025"} 1');
});

test('since when Prometheus does not answer; not a figure while that cannot be asked', async () => {
  let unanswered: () => Promise<{ sinceMs: number; why: string } | null> = async () => ({ sinceMs: NOW - 420_000, why: 'x' });
  const metrics = makeMetrics({ ...calm, answering: { unanswered: () => unanswered() } });
  const ours = async () => (await metrics.text()).split('\n').filter((line) => line.startsWith('leakwatch_unanswered'));
  expect(await ours()).toEqual(['leakwatch_unanswered_seconds{server="Prometheus"} 420']);
  unanswered = async () => null;
  expect(await ours()).toEqual(['leakwatch_unanswered_seconds{server="Prometheus"} 0']);
  unanswered = () => Promise.reject(new Error('Redis is away'));
  expect(await ours()).toEqual([]);
});

test('what left is forgotten with the next sweep, though nobody scrapes: it comes back without a figure', async () => {
  let here = [replica('job-1')];
  const metrics = makeAgentMetrics({ version: '1.2.3', host: 'hv-01', sampleSeconds: 15, running: () => here, nowMs: () => NOW });
  const sweep = () =>
    metrics.swept(
      here.map(({ key }) => ({ replica: key, sample: { t: NOW, anon: 1 } })),
      0,
    );
  sweep();
  here = [replica('job-2')];
  sweep();
  here = [replica('job-1'), replica('job-2')];
  const anon = (await metrics.text()).match(/anon_bytes\{.*/g);
  expect(anon).toEqual([expect.stringContaining('service="job-2"')]);
});
