import { within } from '../src/errors.js';
import type { Engine, Sweep } from '../src/model/engine.js';
import type { Heartbeat, Hosts } from '../src/model/host.js';
import type { SampleStore } from '../src/model/sample.js';
import type { Processor } from './context.js';
import { makeGaps } from './gaps.js';
import type { Roster } from './roster.js';

/** Beyond it a host's containers are counted and not sampled (design §8: replicas per host are capped, the excess is said). */
const MAX_REPLICAS = 1_000;
/** What has not answered by then is left out of this sweep. */
const SWEEP_MS = 30_000;

export type SamplePorts = {
  readonly engine: Pick<Engine, 'sweep'>;
  readonly roster: Pick<Roster, 'running' | 'problem' | 'facts' | 'looked'>;
  readonly samples: Pick<SampleStore, 'append'>;
  readonly hosts: Pick<Hosts, 'beat'>;
  readonly host: string;
  readonly agentVersion: string;
  readonly sampleSeconds: number;
  readonly maxReplicas?: number;
  /** Told of each sweep; absent: nobody counts. */
  readonly swept?: (samples: Sweep['samples'], failed: number) => void;
  /** What the agent before this one said last. */
  readonly before?: Heartbeat;
};

/**
 * One sweep: every running container of the host at once, or those of one service. It ends with a sign of life in any case; a
 * sweep that brought nothing says why, so that the host is named in the answers that it should have been part of. Only before
 * the first list of containers there is none: a host without containers would be said to be there.
 */
export function makeSample(ports: SamplePorts): Processor<'sample'> {
  const { engine, roster, samples, hosts, maxReplicas = MAX_REPLICAS } = ports;
  const gaps = makeGaps(ports.sampleSeconds, ports.before);
  let lastSweepMs: number | undefined;
  let failed: Heartbeat['failed'];

  return async ({ serviceId }, { nowMs, signal, log, startedBefore }) => {
    // Its agent died with it, a while ago: this tick may be in the store already, and the next one has come.
    if (startedBefore > 0 && serviceId === undefined) return;
    if (!roster.looked() && !roster.problem()) return;
    const running = roster.running();
    const capped = running.slice(0, maxReplicas);
    const asked = serviceId === undefined ? capped : capped.filter(({ service }) => service.id === serviceId);
    const sweep = await engine.sweep(asked, within(SWEEP_MS, signal));
    ports.swept?.(sweep.samples, sweep.failed);
    await samples.append(sweep.samples);
    const silent = sweep.samples.length === 0;
    if (!silent) lastSweepMs = nowMs();
    if (sweep.failed > 0) log.warn({ failed: sweep.failed, of: asked.length, why: sweep.why }, 'containers gave no numbers');
    // Some that fail are seen in their own answers: the host as such has a problem when nothing comes from it.
    const problem = silent ? (roster.problem() ?? sweep.why) : undefined;
    if (serviceId === undefined) {
      failed = failedOf(sweep);
      if (!problem) gaps.swept(nowMs());
    }
    const recent = gaps.recent(nowMs());
    await hosts.beat({
      host: ports.host,
      agentVersion: ports.agentVersion,
      ...engineOf(roster.facts()),
      sampleSeconds: ports.sampleSeconds,
      containers: capped.length,
      overCap: running.length - capped.length,
      seenAtMs: nowMs(),
      ...(lastSweepMs === undefined ? {} : { lastSweepMs }),
      ...(problem ? { problem } : {}),
      ...(recent.length > 0 ? { gaps: recent } : {}),
      ...(failed ? { failed } : {}),
    });
  };
}

function failedOf({ failed, why }: Sweep): Heartbeat['failed'] {
  return failed === 0 ? undefined : { count: failed, ...(why ? { why } : {}) };
}

function engineOf({
  id,
  version,
  cgroup,
  memoryBytes,
}: ReturnType<Roster['facts']>): Pick<Heartbeat, 'engineId' | 'engineVersion' | 'cgroup' | 'memoryBytes'> {
  return {
    ...(id ? { engineId: id } : {}),
    ...(version ? { engineVersion: version } : {}),
    ...(cgroup ? { cgroup } : {}),
    ...(memoryBytes ? { memoryBytes } : {}),
  };
}
