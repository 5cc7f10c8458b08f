import type { Sample } from '../../src/model/sample.js';

/** A container as cAdvisor would have told of it: labels (with `id`), what it used, and when it was started. Times in Unix ms. */
export type Told = {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
  /** Of each time: when the life was started that it is in. */
  readonly startedAtMs: number | ((t: number) => number);
  /** Metrics to leave out. */
  readonly without?: readonly string[];
};

/** The metrics of test/golden/prometheus/cadvisor.txt that memory is told by, and the counters. */
const METRICS: Readonly<Record<string, (sample: Sample, startedAtMs: number) => number | null | undefined>> = {
  container_memory_rss: ({ anon }) => anon,
  container_memory_cache: ({ file, shmem }) => (file === undefined ? undefined : file + (shmem ?? 0)),
  container_memory_usage_bytes: ({ usage }) => usage,
  container_spec_memory_limit_bytes: ({ limit }) => limit ?? 0,
  container_start_time_seconds: (_, startedAtMs) => startedAtMs / 1_000,
  container_cpu_usage_seconds_total: ({ cpuNanos }) => (cpuNanos === undefined ? undefined : cpuNanos / 1e9),
  container_network_receive_bytes_total: ({ netRxBytes }) => netRxBytes,
};
const MORE: Readonly<Record<string, string>> = {
  container_cpu_usage_seconds_total: ',cpu="total"',
  container_network_receive_bytes_total: ',interface="eth0"',
};

/** All of it as OpenMetrics, piece by piece, which `promtool` makes blocks of. Gauges all: what a counter is called there is another name. */
export function* openMetrics(containers: readonly Told[]): Generator<string> {
  for (const [metric, figure] of Object.entries(METRICS)) {
    yield `# TYPE ${metric} gauge\n`;
    for (const { labels, samples, startedAtMs, without } of containers) {
      if (without?.includes(metric)) continue;
      const start = typeof startedAtMs === 'number' ? () => startedAtMs : startedAtMs;
      const written = Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`);
      const head = `${metric}{${written.join(',')}${MORE[metric] ?? ''}}`;
      const lines: string[] = [];
      for (const sample of samples) {
        const value = figure(sample, start(sample.t));
        if (typeof value === 'number') lines.push(`${head} ${value} ${sample.t / 1_000}\n`);
      }
      yield lines.join('');
    }
  }
  yield '# EOF\n';
}

/** What a process exports, as a scrape each `everyMs` would have it: gauges by name and what is told apart in them, `jvm_memory_used_bytes{area="heap"}`. */
export type Exported = {
  readonly labels: Readonly<Record<string, string>>;
  readonly fromMs: number;
  readonly toMs: number;
  readonly everyMs: number;
  readonly gauges: Readonly<Record<string, (t: number) => number>>;
};

/** The same of processes. A family's series stand together. */
export function* exportedMetrics(processes: readonly Exported[]): Generator<string> {
  const families = new Set(processes.flatMap(({ gauges }) => Object.keys(gauges).map(familyOf)));
  for (const family of families) {
    yield `# TYPE ${family} gauge\n`;
    for (const { labels, fromMs, toMs, everyMs, gauges } of processes) {
      const written = Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`);
      for (const [gauge, at] of Object.entries(gauges)) {
        if (familyOf(gauge) !== family) continue;
        const head = `${family}{${[
          ...written,
          ...gauge
            .slice(family.length + 1, -1)
            .split(',')
            .filter(Boolean),
        ].join(',')}}`;
        for (let t = fromMs; t <= toMs; t += everyMs) yield `${head} ${at(t)} ${t / 1_000}\n`;
      }
    }
  }
  yield '# EOF\n';
}

function familyOf(gauge: string): string {
  return gauge.split('{')[0] ?? gauge;
}

/** OpenMetrics has three escapes. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** Labels as cAdvisor gives them to a container of Compose. */
export function composeLabels(id: string, service: string, number = 1, over: Record<string, string> = {}) {
  const label = 'container_label_com_docker_compose';
  return {
    id: `/system.slice/docker-${id}.scope`,
    image: `${service}:1`,
    instance: 'hv-01:8080',
    name: `shop-${service}-${number}`,
    [`${label}_project`]: 'shop',
    [`${label}_service`]: service,
    [`${label}_container_number`]: String(number),
    ...over,
  };
}
