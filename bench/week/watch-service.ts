import pino from 'pino';
import { makeWatch } from '../../jobs/watch.js';
import { POLICY } from '../../src/incidents/policy.js';
import type { Incident } from '../../src/model/incident.js';
import { historyOf } from '../detect/series.js';
import { killIn, type ServiceSpec, WEEK_FROM_MS, WEEK_TO_MS, weeksOf } from './fleet.js';
import { memoryIncidents, memoryOf } from './memory.js';

/** What the watch itself has between two looks at a calm service (`incidents/next-tick.ts`). */
const CALM_MS = 5 * 60_000;

/** The week of one service as it was watched, and what was true of it. Times in Unix ms. */
export type Week = {
  readonly spec: ServiceSpec;
  readonly incidents: readonly Incident[];
  readonly looks: number;
  readonly digests: number;
  readonly onsetMs: number | null;
  /** The first kill of any of its replicas. */
  readonly killMs: number | null;
};

/** How far apart looks are, ms: at a calm service, where the watch itself has five minutes, and at least at any other. */
export type Rhythm = { readonly calmMs: number; readonly leastMs: number };

export async function watchService(spec: ServiceSpec, { calmMs, leastMs }: Rhythm): Promise<Week> {
  const weeks = weeksOf(spec);
  let [nowMs, looks, digests] = [WEEK_FROM_MS + calmMs, 0, 0];
  const incidents = memoryIncidents();
  const watch = makeWatch({
    ...memoryOf(spec.id, spec.hosts, weeks.map(historyOf), () => nowMs),
    incidents: incidents.port,
    // Services do not see each other here: storms are told afterwards, from all of them.
    storms: { join: async () => null, members: async () => [], mayLeave: async () => false },
    rounds: { alone: (_, work) => work() },
    outbox: { keep: async () => {}, get: async () => null },
    enqueue: async () => {},
    placeOf: () => ({ place: { channel: 'C1' } }),
    pageMs: () => POLICY.pageMs,
    digest: async () => {
      digests += 1;
    },
  });
  const log = pino({ level: 'silent' });
  const context = { jobId: spec.id, startedBefore: 0, log, signal: new AbortController().signal, nowMs: () => nowMs };
  while (nowMs <= WEEK_TO_MS) {
    await watch({ v: 1, serviceId: spec.id }, context);
    looks += 1;
    const waitMs = incidents.nextMs() - nowMs;
    nowMs += waitMs >= CALM_MS ? calmMs : Math.max(leastMs, waitMs);
  }
  const kills = weeks.flatMap(({ truth }) => killIn(truth) ?? []);
  return {
    ...{ spec, incidents: incidents.all(), looks, digests },
    onsetMs: weeks[0]?.truth.onsetMs ?? null,
    killMs: kills.length > 0 ? Math.min(...kills) : null,
  };
}
