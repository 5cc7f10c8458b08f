import { Counter, Gauge } from 'prom-client';
import type { Replica } from '../model/replica.js';
import { isBytes, limitOf, type Sample } from '../model/sample.js';
import { makeRegistry } from './registry.js';

/** A figure older than so many sweeps is none of now. */
const STALE_SWEEPS = 4;
const LEAST_STALE_MS = 60_000;

export type AgentMetrics = {
  readonly text: () => Promise<string>;
  /** After each sweep: what it brought, and of how many containers none came. */
  readonly swept: (samples: ReadonlyArray<{ readonly replica: string; readonly sample: Sample }>, failed: number) => void;
};

export type AgentMetricsParts = {
  readonly version: string;
  readonly host: string;
  readonly sampleSeconds: number;
  readonly running: () => readonly Replica[];
  readonly nowMs: () => number;
};

const LABELS = ['host', 'project', 'service', 'replica', 'container', 'image'] as const;

/**
 * What an agent's `/metrics` shows: itself, its sweeps, and the memory of its host's containers, for hosts without cAdvisor. The figures
 * are those of the last sweep: nothing is measured for a scrape.
 */
export function makeAgentMetrics({ version, host, sampleSeconds, running, nowMs }: AgentMetricsParts): AgentMetrics {
  const registry = makeRegistry('agent', version);
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: [...LABELS], registers: [registry] });
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames: ['host'], registers: [registry] });
  const gauges: readonly (readonly [Gauge, (sample: Sample, replica: Replica) => number | null | undefined])[] = [
    [
      gauge(
        'leakwatch_container_memory_working_set_bytes',
        'Usage less inactive page cache: what the kernel cannot take back soon.',
      ),
      ({ usage, inactiveFile }) => (isBytes(usage) && isBytes(inactiveFile) ? Math.max(0, usage - inactiveFile) : undefined),
    ],
    [gauge('leakwatch_container_memory_usage_bytes', 'All memory that is charged to the container.'), ({ usage }) => usage],
    [gauge('leakwatch_container_memory_anon_bytes', 'Anonymous memory: heaps and stacks, what leaks.'), ({ anon }) => anon],
    [gauge('leakwatch_container_memory_file_bytes', 'Page cache.'), ({ file }) => file],
    [gauge('leakwatch_container_memory_shmem_bytes', 'Shared memory and tmpfs.'), ({ shmem }) => shmem],
    [gauge('leakwatch_container_memory_kernel_bytes', 'Kernel memory.'), ({ kernel }) => kernel],
    [
      gauge('leakwatch_container_memory_limit_bytes', 'The memory limit; no series where there is none.'),
      (sample, { limitBytes }) => limitOf(sample, limitBytes),
    ],
  ];
  const started = gauge('leakwatch_container_start_time_seconds', 'When the container was started, Unix time.');
  const sweeps = counter('leakwatch_sweeps_total', 'Sweeps over the containers of the host.');
  const failures = counter('leakwatch_sweep_failures_total', 'Containers that gave no numbers in a sweep.');
  sweeps.inc({ host }, 0);
  failures.inc({ host }, 0);
  const latest = new Map<string, Sample>();
  const staleMs = Math.max(LEAST_STALE_MS, STALE_SWEEPS * sampleSeconds * 1000);

  return {
    swept(samples, failed) {
      sweeps.inc({ host });
      failures.inc({ host }, failed);
      for (const { replica, sample } of samples) latest.set(replica, sample);
      forget(new Set(running().map(({ key }) => key)));
    },
    async text() {
      for (const [one] of gauges) one.reset();
      started.reset();
      const here = new Set<string>();
      for (const replica of running()) {
        here.add(replica.key);
        const labels = labelsOf(replica);
        started.set(labels, replica.run.startedAtMs / 1000);
        const sample = latest.get(replica.key);
        if (!sample || nowMs() - sample.t > staleMs) continue;
        for (const [one, of] of gauges) {
          const value = of(sample, replica);
          if (isBytes(value)) one.set(labels, value);
        }
      }
      forget(here);
      return registry.metrics();
    },
  };

  /** Those that are not here: whether anybody scrapes or not, names come and go. */
  function forget(here: ReadonlySet<string>): void {
    for (const key of latest.keys()) if (!here.has(key)) latest.delete(key);
  }
}

function labelsOf({ host, service, number, containerName, run }: Replica): Record<(typeof LABELS)[number], string> {
  const { name, project = '' } = service;
  return { host, project, service: name, replica: String(number), container: containerName, image: run.image };
}
