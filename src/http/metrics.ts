import { Counter, Gauge, Histogram } from 'prom-client';
import type { Answering } from '../model/answering.js';
import type { Undelivered } from '../model/delivery.js';
import type { Hosts } from '../model/host.js';
import type { Incidents } from '../model/incident.js';
import type { Pages } from '../model/page.js';
import type { Verdicts } from '../model/verdict.js';
import type { Taken } from './alerts.js';
import type { RawOutcome } from './raw-files.js';
import { makeRegistry } from './registry.js';

export type Metrics = {
  readonly text: () => Promise<string>;
  /** Seconds from a request's arrival to its acknowledgement. */
  readonly ackSeconds: Histogram;
  readonly alertsTaken: (outcome: Taken) => void;
  readonly rawFileAsked: (outcome: RawOutcome) => void;
};

export type MetricsParts = {
  readonly version: string;
  readonly depths: () => Promise<Record<string, number>>;
  readonly hosts: Pick<Hosts, 'all'>;
  readonly verdicts: Pick<Verdicts, 'counts'>;
  readonly incidents: Pick<Incidents, 'open'>;
  readonly pages: Pick<Pages, 'failing'>;
  readonly answering: Pick<Answering, 'unanswered'>;
  readonly undelivered: () => Promise<Undelivered>;
  /** How many listen. */
  readonly workers: () => Promise<number>;
  readonly nowMs: () => number;
};

/** What the bot's `/metrics` shows: itself, how fast Slack is answered, and the fleet as Redis has it. Which services they are is not in it. */
export function makeMetrics(parts: MetricsParts): Metrics {
  const registry = makeRegistry('bot', parts.version);
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const queues = gauge('leakwatch_queue_jobs', 'Jobs waiting, active and delayed.', 'queue');
  const seen = gauge('leakwatch_agent_last_seen_seconds', 'Seconds since a host’s agent was last heard of.', 'host');
  const age = gauge('leakwatch_samples_age_seconds', 'Seconds since the last sweep that brought samples from a host.', 'host');
  const containers = gauge('leakwatch_sampled_containers', 'Containers that are sampled on a host.', 'host');
  const services = gauge('leakwatch_services', 'Services by what the watch last found of them.', 'verdict');
  const open = gauge('leakwatch_open_incidents', 'Incidents that are open, by how loudly they were said.', 'level');
  const untaken = gauge(
    'leakwatch_pages_failing',
    'Pages that a pager, and annotations that Grafana, does not take now; they are tried again.',
    'pager',
  );
  const unanswered = gauge(
    'leakwatch_unanswered_seconds',
    'Seconds since a server that the workers ask does not answer; 0 while it does, or none is asked.',
    'server',
  );
  const workers = gauge('leakwatch_workers', 'Workers that listen: none means that nothing is watched, answered or delivered.');
  const undelivered = gauge(
    'leakwatch_undelivered_seconds',
    'Seconds since the first message was to be said that Slack has not got yet; 0 while there is none.',
  );
  const webhooks = new Counter({
    name: 'leakwatch_webhook_requests_total',
    help: 'Requests to /alertmanager by how they were answered: 503 is sent again, other than 200 is not.',
    labelNames: ['code'],
    registers: [registry],
  });
  const alerts = new Counter({
    name: 'leakwatch_webhook_alerts_total',
    help: 'Alerts from outside: stored, or left out because they were our own.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const rawFiles = new Counter({
    name: 'leakwatch_raw_files_total',
    help: 'Requests for raw heaps: sent, refused (a link that is wrong or too old), failed.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of ['sent', 'refused', 'failed']) rawFiles.inc({ outcome }, 0);
  const ackSeconds = new Histogram({
    name: 'leakwatch_slack_ack_seconds',
    help: 'From a request of Slack’s to its acknowledgement, the durable enqueue included.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
    registers: [registry],
  });
  for (const code of ['200', '400', '401', '413', '503']) webhooks.inc({ code }, 0);
  for (const outcome of ['stored', 'own']) alerts.inc({ outcome }, 0);

  const asked: readonly (readonly [readonly Gauge[], () => Promise<void>])[] = [
    [[queues], async () => setAll(queues, 'queue', await parts.depths())],
    [[services], async () => setAll(services, 'verdict', await parts.verdicts.counts(parts.nowMs()))],
    [
      [open],
      async () => {
        const incidents = await parts.incidents.open();
        const of = (level: string) => incidents.filter((one) => one.level === level).length;
        setAll(open, 'level', { page: of('page'), message: of('message') });
      },
    ],
    [
      [untaken],
      async () => {
        const failing = await parts.pages.failing();
        const of = (pager: string) => failing.filter((one) => one.pager === pager).length;
        setAll(untaken, 'pager', { Alertmanager: of('Alertmanager'), PagerDuty: of('PagerDuty'), Grafana: of('Grafana') });
      },
    ],
    [
      [unanswered],
      async () => {
        const since = await parts.answering.unanswered();
        unanswered.set({ server: 'Prometheus' }, since ? (parts.nowMs() - since.sinceMs) / 1000 : 0);
      },
    ],
    [[workers], async () => workers.set(await parts.workers())],
    [
      [undelivered],
      async () => {
        const { sinceMs } = await parts.undelivered();
        undelivered.set(sinceMs === null ? 0 : (parts.nowMs() - sinceMs) / 1000);
      },
    ],
    [
      [seen, age, containers],
      async () => {
        const since = (ms: number) => (parts.nowMs() - ms) / 1000;
        for (const { host, seenAtMs, lastSweepMs, containers: count } of await parts.hosts.all()) {
          seen.set({ host }, since(seenAtMs));
          containers.set({ host }, count);
          if (lastSweepMs !== undefined) age.set({ host }, since(lastSweepMs));
        }
      },
    ],
  ];
  return {
    ackSeconds,
    alertsTaken({ status, stored = 0, own = 0 }) {
      webhooks.inc({ code: String(status) });
      alerts.inc({ outcome: 'stored' }, stored);
      alerts.inc({ outcome: 'own' }, own);
    },
    rawFileAsked: (outcome) => rawFiles.inc({ outcome }),
    async text() {
      // What cannot be asked now is left out: an old figure would pass for a new one.
      for (const [gauges] of asked) for (const one of gauges) one.reset();
      await Promise.allSettled(asked.map(([, ask]) => ask()));
      return registry.metrics();
    },
  };
}

function setAll(gauge: Gauge, label: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) gauge.set({ [label]: name }, value);
}
