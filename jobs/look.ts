import { assess } from '../src/analysis/assess.js';
import { assessService } from '../src/analysis/assess-service.js';
import type { Series, ServiceAssessment } from '../src/model/assessment.js';
import { type Heartbeat, type Hosts, withoutSamples } from '../src/model/host.js';
import type { Inventory, Replica, RunStore, ServiceRef } from '../src/model/replica.js';
import type { SampleStore } from '../src/model/sample.js';

/** What is looked at unless a window is asked for: long enough to see a slow leak, short enough to see its present rate. */
export const DEFAULT_WINDOW_MS = 6 * 3_600_000;

export type LookPorts = {
  readonly inventory: Pick<Inventory, 'all'>;
  readonly hosts: Pick<Hosts, 'all'>;
  readonly samples: Pick<SampleStore, 'read'>;
  readonly runs: Pick<RunStore, 'read'>;
};

export type Look = {
  readonly assessment: ServiceAssessment;
  readonly series: readonly Series[];
  readonly beats: readonly Heartbeat[];
};

/** Who is there now, and what their agents last said. */
export async function fleet({ inventory, hosts }: LookPorts): Promise<{ replicas: Replica[]; beats: Heartbeat[] }> {
  const [replicas, beats] = await Promise.all([inventory.all(), hosts.all()]);
  return { replicas, beats };
}

/** One service as it is now: the series of its replicas, and what analysis says of them. */
export async function lookAt(
  service: ServiceRef,
  replicas: readonly Replica[],
  beats: readonly Heartbeat[],
  windowMs: number,
  nowMs: number,
  { samples, runs }: LookPorts,
): Promise<Look> {
  const series = await Promise.all(
    replicas.map(async (replica): Promise<Series> => {
      const [read, lives] = await Promise.all([samples.read(replica.key, nowMs - windowMs, nowMs), runs.read(replica.key)]);
      return { replica, fromMs: nowMs - windowMs, toMs: nowMs, samples: read, runs: lives };
    }),
  );
  const own = new Set(replicas.map((replica) => replica.host));
  const silent = withoutSamples(
    beats.filter(({ host }) => own.has(host)),
    nowMs,
  );
  const assessment = assessService(
    service,
    series.map((one) => assess(one, nowMs)),
    silent,
  );
  return { assessment, series, beats };
}
