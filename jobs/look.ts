import { assess } from '../src/analysis/assess.js';
import { assessService } from '../src/analysis/assess-service.js';
import type { Assessment, Series, ServiceAssessment } from '../src/model/assessment.js';
import { type Heartbeat, type Hosts, withoutSamples } from '../src/model/host.js';
import type { Ledger, LedgerLine } from '../src/model/ledger.js';
import type { Inventory, Replica, RunStore, ServiceRef } from '../src/model/replica.js';
import type { SampleStore } from '../src/model/sample.js';
import { chartedReplicas } from '../src/render/chart.js';

/** What is looked at unless a window is asked for: all that is kept. Analysis takes from it what it can judge. */
export const DEFAULT_WINDOW_MS = 14 * 24 * 3_600_000;

export type LookPorts = {
  readonly inventory: Pick<Inventory, 'all'>;
  readonly hosts: Pick<Hosts, 'all'>;
  readonly samples: Pick<SampleStore, 'read'>;
  readonly runs: Pick<RunStore, 'read'>;
  readonly ledger: Pick<Ledger, 'read'>;
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
  const read = await readerOf(service, windowMs, nowMs, ports);
  const assessment = await judge(service, replicas, beats, nowMs, read);
  return { assessment, series: await inTurns(chartedReplicas(assessment), read) };
}

/** The samples that the chart of an assessment is made of. */
export async function chartedNow(
  assessment: ServiceAssessment,
  windowMs: number,
  nowMs: number,
  ports: LookPorts,
): Promise<Series[]> {
  return inTurns(chartedReplicas(assessment), await readerOf(assessment.service, windowMs, nowMs, ports));
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
  return judge(service, replicas, beats, nowMs, await readerOf(service, windowMs, nowMs, ports), judged);
}

/** Told of each replica once it is judged, while its samples are still there: to take what else is wanted of them. */
export type OnJudged = (series: Series, assessment: Assessment) => unknown;

async function judge(
  service: ServiceRef,
  replicas: readonly Replica[],
  beats: readonly Heartbeat[],
  nowMs: number,
  read: ReadSeries,
  onJudged?: OnJudged,
): Promise<ServiceAssessment> {
  const own = new Set(replicas.map((replica) => replica.host));
  const silent = withoutSamples(
    beats.filter(({ host }) => own.has(host)),
    nowMs,
  );
  const judged = await inTurns(replicas, async (replica) => {
    const series = await read(replica);
    const assessment = assess(series, nowMs);
    onJudged?.(series, assessment);
    return assessment;
  });
  return { ...assessService(service, judged, silent), ...hostOf(judged, beats) };
}

/** How much memory the host of the replica that was largest has: what that share is of (`hasLargeShare`). */
function hostOf(judged: readonly Assessment[], beats: readonly Heartbeat[]): Pick<ServiceAssessment, 'hostBytes'> {
  const [first, ...rest] = judged;
  const biggest = rest.reduce((most, one) => ((most?.peakBytes ?? 0) >= (one.peakBytes ?? 0) ? most : one), first);
  const memoryBytes = beats.find(({ host }) => host === biggest?.replica.host)?.memoryBytes;
  return memoryBytes === undefined ? {} : { hostBytes: memoryBytes };
}

type ReadSeries = (replica: Replica) => Promise<Series>;

/** The ledger is the service's, and read once: a replica is judged by its sisters' lives too. */
async function readerOf(service: ServiceRef, windowMs: number, nowMs: number, ports: LookPorts): Promise<ReadSeries> {
  const ledger = await ports.ledger.read(service.id);
  return (replica) => seriesOf(replica, windowMs, nowMs, ledger, ports);
}

async function seriesOf(
  replica: Replica,
  windowMs: number,
  nowMs: number,
  ledger: readonly LedgerLine[],
  { samples, runs }: LookPorts,
): Promise<Series> {
  const fromMs = nowMs - windowMs;
  const [read, lives] = await Promise.all([samples.read(replica.key, fromMs, nowMs), runs.read(replica.key)]);
  return { replica, fromMs, toMs: nowMs, samples: read, runs: lives, ledger };
}

async function inTurns<T>(replicas: readonly Replica[], work: (replica: Replica) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  for (let i = 0; i < replicas.length; i += AT_ONCE) done.push(...(await Promise.all(replicas.slice(i, i + AT_ONCE).map(work))));
  return done;
}
