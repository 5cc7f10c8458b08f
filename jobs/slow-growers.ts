import { atOpening } from '../src/incidents/audit-said.js';
import { isQuiet } from '../src/incidents/quiet.js';
import type { ServiceAssessment } from '../src/model/assessment.js';
import { NO_AUDIT } from '../src/model/audit.js';
import type { Digests, SlowGrower } from '../src/model/digest.js';
import type { Heartbeat } from '../src/model/host.js';
import type { Incidents } from '../src/model/incident.js';
import type { Replica } from '../src/model/replica.js';
import { subjectOf } from '../src/render/card-view.js';
import { assessNow, DEFAULT_WINDOW_MS, type LookPorts } from './look.js';

export type GrowersPorts = LookPorts & {
  readonly digests: Pick<Digests, 'kept'>;
  readonly incidents: Pick<Incidents, 'open' | 'watched'>;
};

/** What the digest says of a service that grows; null of one that does not. */
export function growerOf(assessment: ServiceAssessment, atMs: number): SlowGrower | null {
  const { service, verdict, growthBytesPerHour, replicas } = assessment;
  if (verdict !== 'leaking' && verdict !== 'suspicious') return null;
  const subject = subjectOf(assessment);
  const wouldHelp = subject?.wouldHelp ?? replicas.find((one) => one.wouldHelp)?.wouldHelp;
  return {
    ...{ service, atMs, verdict },
    growthBytesPerHour: growthBytesPerHour?.value ?? null,
    limitAtMs: assessment.soonest?.limitAtMs?.value ?? null,
    ...(subject?.replica.limitBytes === null ? { noLimit: true } : {}),
    ...(subject?.atLimitBefore ? { atLimitBefore: true } : {}),
    ...(wouldHelp ? { wouldHelp } : {}),
  };
}

/** What the watch found for the morning only. */
export async function keepGrower(assessment: ServiceAssessment, atMs: number, digests: Pick<Digests, 'keep'>): Promise<void> {
  const grower = growerOf(assessment, atMs);
  if (grower) await digests.keep(grower);
}

type Grower = { readonly grower: SlowGrower; readonly replicas: readonly Replica[] };

/**
 * Those that the watch kept for the morning and that still are so: each is looked at once more, because what was seen may be a day
 * old and a deploy ago. Who cannot be told now stays as it was seen. Who has an open incident is handed over with that; who is gone,
 * is not watched or is no leak by a person's word is not spoken of.
 */
export async function slowGrowers(
  replicas: readonly Replica[],
  beats: readonly Heartbeat[],
  { nowMs, signal }: { readonly nowMs: () => number; readonly signal: AbortSignal },
  ports: GrowersPorts,
): Promise<Grower[]> {
  const open = new Set((await ports.incidents.open()).map(({ service }) => service.id));
  const found: Grower[] = [];
  for (const kept of await ports.digests.kept(nowMs())) {
    signal.throwIfAborted();
    const own = replicas.filter(({ service }) => service.id === kept.service.id);
    if (own.length === 0 || open.has(kept.service.id)) continue;
    const { state, unwatched, audit } = (await ports.incidents.watched(kept.service.id)).value;
    if (unwatched) continue;
    const now = await assessNow(kept.service, own, beats, DEFAULT_WINDOW_MS, nowMs(), ports);
    if (state?.quiet && isQuiet(state.quiet, now)) continue;
    const grower = now.verdict === 'unknown' ? kept : growerOf(now, nowMs());
    if (grower) found.push({ grower: { ...grower, ...atOpening(audit ?? NO_AUDIT) }, replicas: own });
  }
  return found;
}
