import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Hosts } from '../model/host.js';

export type Metrics = {
  readonly text: () => Promise<string>;
  /** Seconds from a request's arrival to its acknowledgement. */
  readonly ackSeconds: Histogram;
};

/** What `/metrics` shows: the process, the queues, the hosts, and how fast Slack is answered. */
export function makeMetrics(parts: {
  readonly depths: () => Promise<Record<string, number>>;
  readonly hosts: Pick<Hosts, 'all'>;
  readonly nowMs: () => number;
}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const queues = new Gauge({
    name: 'leakwatch_queue_jobs',
    help: 'Jobs waiting, active and delayed.',
    labelNames: ['queue'],
    registers: [registry],
  });
  const age = new Gauge({
    name: 'leakwatch_agent_last_seen_seconds',
    help: 'Seconds since a host’s agent was last heard of.',
    labelNames: ['host'],
    registers: [registry],
  });
  const ackSeconds = new Histogram({
    name: 'leakwatch_slack_ack_seconds',
    help: 'From a request of Slack’s to its acknowledgement, the durable enqueue included.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
    registers: [registry],
  });
  return {
    ackSeconds,
    async text() {
      // What cannot be asked now is left out: an old figure would pass for a new one.
      queues.reset();
      age.reset();
      await Promise.allSettled([
        parts.depths().then((depths) => {
          for (const [queue, jobs] of Object.entries(depths)) queues.set({ queue }, jobs);
        }),
        parts.hosts.all().then((beats) => {
          for (const { host, seenAtMs } of beats) age.set({ host }, (parts.nowMs() - seenAtMs) / 1000);
        }),
      ]);
      return registry.metrics();
    },
  };
}
