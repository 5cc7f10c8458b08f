import { assess } from '../src/analysis/assess.js';
import { assessService } from '../src/analysis/assess-service.js';
import type { Assessment, Series, ServiceAssessment } from '../src/model/assessment.js';
import { type Heartbeat, type Hosts, withoutSamples } from '../src/model/host.js';
import type { Inventory, Replica, ServiceRef } from '../src/model/replica.js';
import { chartedReplicas } from '../src/render/chart.js';
import { type ReadPorts, readerOf, type SeriesReader } from './read-series.js';

/** What is looked at unless a window is asked for: all that is kept. Analysis takes from it what it can judge. */
export const DEFAULT_WINDOW_MS = 14 * 24 * 3_600_000;

export type LookPorts = ReadPorts & {
  readonly inventory: Pick<Inventory, 'all'>;
  readonly hosts: Pick<Hosts, 'all'>;
};

export type Look = {
  readonly assessment: ServiceAssessment;
  /** Of the replicas that its chart is made of, and of no others: two weeks of a thousand replicas are a gigabyte. */
  readonly series: readonly Series[];
};

/** As many are read and judged at a time: each takes a few milliseconds in which nothing else is done here. */
const AT_ONCE = 4;

/** Who is there now, and what their agents last said. */
export async function fleet({ inventory, hosts }: LookPorts): Promise<{ replicas: Replica[]; beats: Heartbeat[] }> {
  const [replicas, beats] = await Promise.all([inventory.all(), hosts.all()]);
  return { replicas, beats };
}

/** One service as it is now, with what its chart is made of. */
export async function lookAt(
  service: ServiceRef,
  replicas: readonly Replica[],
  beats: readonly Heartbeat[],
  windowMs: number,
  nowMs: number,
  ports: LookPorts,
): Promise<Look> {
  const reader = await readerOf(service, replicas, windowMs, nowMs, ports);
  const assessment = await judge(service, replicas, beats, nowMs, reader);
  return { assessment, series: await inTurns(chartedReplicas(assessment), reader.read) };
}

/** The samples that the chart of an assessment is made of. */
export async function chartedNow(
  assessment: ServiceAssessment,
  windowMs: number,
  nowMs: number,
  ports: LookPorts,
): Promise<Series[]> {
  const replicas = assessment.replicas.map(({ replica }) => replica);
  const { read } = await readerOf(assessment.service, replicas, windowMs, nowMs, ports);
  return inTurns(chartedReplicas(assessment), read);
}

/** What analysis says of one service now. A replica's samples are let go of as soon as it is judged. */
export async function assessNow(
  service: ServiceRef,
  replicas: readonly Replica[],
  beats: readonly Heartbeat[],
  windowMs: number,
  nowMs: number,
  ports: LookPorts,
  judged?: OnJudged,
): Promise<ServiceAssessment> {
  return judge(service, replicas, beats, nowMs, await readerOf(service, replicas, windowMs, nowMs, ports), judged);
}

/** Told of each replica once it is judged, while its samples are still there: to take what else is wanted of them. */
export type OnJudged = (series: Series, assessment: Assessment) => unknown;

async function judge(
  service: ServiceRef,
  replicas: readonly Replica[],
  beats: readonly Heartbeat[],
  nowMs: number,
  reader: SeriesReader,
  onJudged?: OnJudged,
): Promise<ServiceAssessment> {
  const own = new Set(replicas.map((replica) => replica.host));
  const silent = withoutSamples(
    beats.filter(({ host }) => own.has(host)),
    nowMs,
  );
  const judged = await inTurns(replicas, async (replica) => {
    const series = await reader.read(replica);
    const assessment = assess(series, nowMs);
    onJudged?.(series, assessment);
    return assessment;
  });
  const history = reader.note();
  return { ...assessService(service, judged, silent), ...hostOf(judged, beats), ...(history ? { history } : {}) };
}

/** How much memory the host of the replica that was largest has: what that share is of (`hasLargeShare`). */
function hostOf(judged: readonly Assessment[], beats: readonly Heartbeat[]): Pick<ServiceAssessment, 'hostBytes'> {
  const [first, ...rest] = judged;
  const biggest = rest.reduce((most, one) => ((most?.peakBytes ?? 0) >= (one.peakBytes ?? 0) ? most : one), first);
  const memoryBytes = beats.find(({ host }) => host === biggest?.replica.host)?.memoryBytes;
  return memoryBytes === undefined ? {} : { hostBytes: memoryBytes };
}

/** A service that a metrics server alone knows; null: nobody does. Rejects when that cannot be told. */
export async function lookElsewhere(
  serviceId: string,
  windowMs: number,
  nowMs: number,
  { recall }: ReadPorts,
): Promise<Look | null> {
  const found = recall ? await recall.alone(serviceId, nowMs - windowMs, nowMs) : null;
  if (!found) return null;
  const { service, series, partial, otherName } = found;
  const judged = series.map((one) => assess(one, nowMs));
  const fromMs = series.reduce((least, { samples }) => Math.min(least, samples.at(0)?.t ?? least), nowMs);
  const words = { ...(partial === undefined ? {} : { partial }), ...(otherName === undefined ? {} : { otherName }) };
  const history = { source: 'Prometheus' as const, fromMs, ...words };
  const assessment = { ...assessService(service, judged, []), history };
  const charted = new Set(chartedReplicas(assessment).map(({ key }) => key));
  return { assessment, series: series.filter(({ replica }) => charted.has(replica.key)) };
}

/** A service that no agent knows, while who does cannot be asked: unknown, whatever it was before. `trouble`: why, a sentence. */
export function untold(serviceId: string, trouble: string): Look {
  const assessment = assessService({ id: serviceId, name: serviceId }, [], []);
  const explanation = 'No agent samples it, and Prometheus does not tell.';
  return { assessment: { ...assessment, explanation, history: { source: 'Prometheus', trouble } }, series: [] };
}

async function inTurns<T>(replicas: readonly Replica[], work: (replica: Replica) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  for (let i = 0; i < replicas.length; i += AT_ONCE) done.push(...(await Promise.all(replicas.slice(i, i + AT_ONCE).map(work))));
  return done;
}
