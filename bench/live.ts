import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { lookElsewhere } from '../jobs/look.js';
import { assess } from '../src/analysis/assess.js';
import { assessService } from '../src/analysis/assess-service.js';
import type { ServiceAssessment } from '../src/model/assessment.js';
import type { Replica } from '../src/model/replica.js';
import type { Sample } from '../src/model/sample.js';
import { makeDockerClient } from '../src/sources/docker/client.js';
import { makeEngine } from '../src/sources/docker/engine.js';
import { makePrometheusClient } from '../src/sources/prometheus/client.js';
import { decodeMatrix } from '../src/sources/prometheus/decode-answer.js';
import { makeLongHistory } from '../src/sources/prometheus/long-history.js';
import { removeContainers } from '../test/support/parts/containers.js';
import { startEngine } from '../test/support/parts/engine.js';
import { startScraper } from '../test/support/parts/prometheus.js';
import { startCadvisor } from './live/cadvisor.js';
import { PROJECT, SERVICE_COUNT, startServices } from './live/services.js';
import { startVictoria } from './live/victoria.js';

/**
 * `npm run bench -- live`: real containers, two of which leak at a known rate, told of three ways for MINUTES (15) minutes: the Docker API as the
 * agent asks it, and a real cAdvisor that a real Prometheus and a real VictoriaMetrics scrape. Then each service is judged from each alone,
 * as `/leak check` judges what no agent knows. Ends with 1 when a verdict is another or a rate is more than 5 % off. Needs root and Go 1.24.
 */
const MINUTES = Number(process.env.MINUTES ?? 15);
const [SCRAPE_SECONDS, SAMPLE_MS] = [2, 15_000];
const [HOUR, DAY] = [3_600_000, 24 * 3_600_000];
const MIB = 2 ** 20;
const MOST_OFF = 0.05;
const RUN_ID = `live-${process.pid}`;

const NOBODY = { token: undefined, user: undefined, password: undefined, tenant: undefined };

type Told = { readonly name: string; readonly windowMs: number; readonly of: Map<string, ServiceAssessment> };

const stops: (() => Promise<void>)[] = [];
try {
  await measure();
} finally {
  for (const stop of stops.reverse()) await stop();
}

async function measure(): Promise<void> {
  const { socket, stop } = await startEngine((line) => console.log(line));
  stops.push(stop);
  const docker = new Docker({ socketPath: socket });
  stops.push(() => removeContainers(docker, RUN_ID));
  await startServices(docker, RUN_ID);
  const cadvisor = await startCadvisor(socket, SCRAPE_SECONDS, PROJECT, SERVICE_COUNT);
  stops.push(cadvisor.stop);
  const yml = `global: { scrape_interval: ${SCRAPE_SECONDS}s }\nscrape_configs: [{ job_name: cadvisor, static_configs: [{ targets: ['${cadvisor.address}'] }] }]\n`;
  const [prometheus, victoria] = [await startScraper({ 'prometheus.yml': yml }), await startVictoria(yml)];
  stops.push(prometheus.stop, victoria.stop);
  await endsAsItIs(victoria);
  const own = await sampled(socket, MINUTES * 60_000);
  const nowMs = Date.now();
  const others: Told[] = [];
  for (const [name, { url }] of Object.entries({ Prometheus: prometheus, VictoriaMetrics: victoria }))
    for (const windowMs of [2 * HOUR, 14 * DAY]) others.push({ name, windowMs, of: await alone(url, own, windowMs, nowMs) });
  report(own, others, nowMs);
}

/** What rises until now is asked for until now: a VictoriaMetrics left to itself has the last half minute flat. */
async function endsAsItIs({ url, take }: Awaited<ReturnType<typeof startVictoria>>): Promise<void> {
  const [toMs, stepMs, count] = [Math.floor(Date.now() / SAMPLE_MS) * SAMPLE_MS, SAMPLE_MS, 8];
  const times = Array.from({ length: 300 }, (_, i) => toMs - 2_000 * (299 - i));
  await take(times.map((t) => `rises{id="x"} ${t - toMs + 1e6} ${t}\n`));
  await sleep(2_000);
  const grid = { fromMs: toMs - (count - 1) * stepMs, stepMs, count };
  const never = new AbortController().signal;
  const answer = await makePrometheusClient({ url, ...NOBODY }).range('avg_over_time(rises[15s])', grid, never);
  const column = decodeMatrix(answer, grid).columns.get('x') ?? new Float64Array();
  const isRising = column.length === count && column.every((value, i) => i === 0 || value > (column[i - 1] ?? 0));
  console.log(`VictoriaMetrics: what rises until now ${isRising ? 'rises to its end' : '✗ does not rise to its end'}`);
  if (!isRising) process.exitCode = 1;
}

type Own = Map<string, { readonly replica: Replica; readonly samples: Sample[] }>;

/** What the agent would have sampled. */
async function sampled(socket: string, forMs: number): Promise<Own> {
  const address = { dockerHost: `unix://${socket}`, certPath: undefined, tlsVerify: false };
  const engine = makeEngine(makeDockerClient(address), Date.now);
  const replicas = (await engine.replicas('here')).filter(({ service }) => service.project === PROJECT);
  const own: Own = new Map(replicas.map((replica) => [replica.key, { replica, samples: [] }]));
  console.log(`${MINUTES} min of ${replicas.map(({ service }) => service.id).join(', ')}`);
  const endMs = Date.now() + forMs;
  for (let tickMs = Date.now(); tickMs < endMs; tickMs += SAMPLE_MS) {
    await sleep(Math.max(0, tickMs - Date.now()));
    const { samples } = await engine.sweep(replicas, AbortSignal.timeout(10_000));
    for (const { replica, sample } of samples) own.get(replica)?.samples.push(sample);
  }
  return own;
}

async function alone(url: string, own: Own, windowMs: number, nowMs: number): Promise<Told['of']> {
  const history = makeLongHistory(makePrometheusClient({ url, ...NOBODY }));
  const recall = {
    past: async () => ({}),
    async alone(serviceId: string, fromMs: number, toMs: number) {
      const { series, ...part } = await history.service(serviceId, fromMs, toMs);
      const service = series[0]?.replica.service;
      return service ? { service, series: [...series], ...part } : null;
    },
  };
  const nothing = { samples: { read: async () => [] }, runs: { read: async () => [] }, ledger: { read: async () => [] } };
  const of: Told['of'] = new Map();
  for (const { replica } of own.values()) {
    const look = await lookElsewhere(replica.service.id, windowMs, nowMs, { ...nothing, recall });
    if (look) of.set(replica.service.id, look.assessment);
  }
  return of;
}

function report(own: Own, others: readonly Told[], nowMs: number): void {
  for (const { replica, samples } of own.values()) {
    const series = { replica, fromMs: nowMs - 2 * HOUR, toMs: nowMs, samples, runs: [replica.run], ledger: [] };
    const docker = assessService(replica.service, [assess(series, nowMs)], []);
    console.log(`${replica.service.id}\n  ${line('Docker', docker)}; ${samples.length} samples`);
    for (const { name, windowMs, of } of others) {
      const told = of.get(replica.service.id);
      const off = told ? offBy(told, docker) : null;
      const isRight = told?.verdict === docker.verdict && (docker.verdict !== 'leaking' || Math.abs(off ?? 1) <= MOST_OFF);
      const window = windowMs > DAY ? '14 d' : '2 h';
      const share = off === null ? '' : ` (${off < 0 ? '−' : '+'}${(100 * Math.abs(off)).toFixed(1)} %)`;
      console.log(
        `  ${isRight ? ' ' : '✗'} ${line(`${name}, ${window}`, told)}${share}; ${told?.replicas[0]?.window.samples} samples`,
      );
      if (!isRight) process.exitCode = 1;
    }
  }
}

function line(name: string, told: ServiceAssessment | undefined): string {
  const rate = told?.growthBytesPerHour;
  const words = rate
    ? ` ${(rate.value / MIB).toFixed(1)} MiB/h (${(rate.low / MIB).toFixed(1)}–${(rate.high / MIB).toFixed(1)})`
    : '';
  return `${name}: ${told?.verdict ?? 'not known'} (${told?.reason})${words}`;
}

function offBy(told: ServiceAssessment, docker: ServiceAssessment): number | null {
  const [a, b] = [told.growthBytesPerHour?.value, docker.growthBytesPerHour?.value];
  return a === undefined || !b ? null : a / b - 1;
}
