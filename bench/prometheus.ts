import { makePrometheusClient } from '../src/sources/prometheus/client.js';
import { decodeSeries, type Life } from '../src/sources/prometheus/decode-series.js';
import { readContainers, readLives } from '../src/sources/prometheus/history.js';
import { seeded } from '../test/support/draw-series.js';
import { composeLabels, openMetrics, type Told } from '../test/support/open-metrics.js';
import { startPrometheus } from '../test/support/parts/prometheus.js';
import { spread } from './report.js';

/**
 * `npm run bench -- prometheus`: all that a real Prometheus remembers of 500 containers in 24 h, scraped each minute, read at once: queries and
 * time. Target: at most 10 queries besides the one that lists the containers, and 5 s on two cores. Beside it in the same run: the same
 * data asked for container by container.
 */
const [CONTAINERS, RUNS, MINUTE, HOUR] = [500, 3, 60_000, 3_600_000];
const DAY = 24 * HOUR;
const NOW = Math.floor(Date.now() / (5 * MINUTE)) * 5 * MINUTE;
const PEER = 5;

function told(i: number): Told {
  const noise = seeded(i + 1);
  const level = 50 + 200 * noise();
  const samples = Array.from({ length: DAY / MINUTE }, (_, minute) => {
    const anon = Math.round((level + noise()) * 2 ** 20);
    const t = NOW - DAY + minute * MINUTE;
    return {
      t,
      anon,
      file: 2 ** 24,
      usage: anon + 2 ** 24 + 2 ** 21,
      limit: 2 ** 29,
      cpuNanos: minute * 1e9,
      netRxBytes: minute * 1e5,
    };
  });
  const id = i.toString(16).padStart(64, '0');
  return {
    labels: composeLabels(id, `service-${i % 50}`, 1 + Math.floor(i / 50), { instance: `hv-${i % 20}:8080` }),
    samples,
    startedAtMs: NOW - 2 * DAY,
  };
}

console.log(`filling a Prometheus with ${CONTAINERS} containers × 24 h, a sample a minute`);
const prometheus = await startPrometheus(openMetrics(Array.from({ length: CONTAINERS }, (_, i) => told(i))));
const client = makePrometheusClient({
  url: prometheus.url,
  token: undefined,
  user: undefined,
  password: undefined,
  tenant: undefined,
});
const counted = { queries: 0 };
const counting: typeof client = {
  ...client,
  range: (...asked) => {
    counted.queries += 1;
    return client.range(...asked);
  },
};
const never = new AbortController().signal;
const range = { fromMs: NOW - DAY, toMs: NOW };
try {
  const ours: number[] = [];
  const peer: number[] = [];
  let [replicas, cpuMs, serverCpuMs] = [0, 0, 0];
  for (let run = 0; run < RUNS; run += 1) {
    counted.queries = 0;
    const [cpuBefore, serverBefore] = [process.cpuUsage(), await serverCpu()];
    const fromMs = performance.now();
    const { containers } = await readContainers(counting, range.fromMs, range.toMs, never);
    const lives: Life[] = [];
    for await (const read of readLives(counting, containers, range, never, true)) lives.push(...read.lives);
    replicas = decodeSeries(lives, range.fromMs, range.toMs).length;
    ours.push(performance.now() - fromMs);
    const used = process.cpuUsage(cpuBefore);
    cpuMs += (used.user + used.system) / 1_000 / RUNS;
    serverCpuMs += (1_000 * ((await serverCpu()) - serverBefore)) / RUNS;
    console.log(`  run ${run + 1}: ${Math.round(ours.at(-1) ?? 0)} ms`);
    const peerFromMs = performance.now();
    for (const container of containers.slice(0, PEER)) for await (const _ of readLives(client, [container], range, never));
    peer.push(((performance.now() - peerFromMs) * CONTAINERS) / PEER);
  }
  const [a, b] = [spread(ours), spread(peer)];
  console.log(
    `${replicas} replicas: ${counted.queries} queries and one for their labels, p50 ${(a.p50 / 1_000).toFixed(1)} s, max ${(a.max / 1_000).toFixed(1)} s (${RUNS} runs)`,
  );
  // Where others work on the same cores, these two say more than the time does.
  console.log(`  CPU a run: ${(cpuMs / 1_000).toFixed(1)} s here, ${(serverCpuMs / 1_000).toFixed(1)} s in Prometheus`);
  console.log(
    `  one by one (${PEER} of them, times ${CONTAINERS / PEER}): p50 ${(b.p50 / 1_000).toFixed(1)} s → ratio ${(a.p50 / b.p50).toFixed(2)}`,
  );
} finally {
  await prometheus.stop();
}

/** Seconds of CPU that it has used so far, as it tells itself. */
async function serverCpu(): Promise<number> {
  const text = await (await fetch(`${prometheus.url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (.*)$/m.exec(text)?.[1]);
}
