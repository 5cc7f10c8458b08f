import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import type { DockerStats } from '../model/docker-stats.js';
import { clip, visible } from './text.js';

/** One replica of the fleet, with the name that tells it apart. */
export type TopRow = {
  readonly name: string;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly one: Assessment;
  readonly stats: DockerStats | null;
};

/** Rows that one service may take before every other has had its turn. A choice. */
const PER_SERVICE = 3;
const RANK = { leaking: 0, suspicious: 1, stable: 2, unknown: 3 } as const;

/**
 * The running replicas of a fleet of which anything was measured, in the order in which they matter: leaking ones by when they are out of
 * memory, then by their rate; suspicious ones likewise; calm ones and those not judged by how full they are, then by what they use.
 */
export function topRows(
  services: readonly ServiceAssessment[],
  stats: ReadonlyMap<string, DockerStats>,
  nameWidth: number,
): TopRow[] {
  return services
    .flatMap((service) =>
      service.replicas.map((one): TopRow => {
        const { id: serviceId, name: serviceName } = service.service;
        return { name: nameIn(service, one, nameWidth), serviceId, serviceName, one, stats: stats.get(one.replica.key) ?? null };
      }),
    )
    .filter(({ one, stats: own }) => one.replica.running && (own !== null || one.latest !== undefined))
    .sort((a, b) => compare(urgency(a), urgency(b)));
}

/** The first `most` of them, still in order; a service of many replicas takes three places until all others have been shown. */
export function shownOf(rows: readonly TopRow[], most: number): TopRow[] {
  const taken = new Map<string, number>();
  const first = rows.filter(({ serviceId }) => {
    const before = taken.get(serviceId) ?? 0;
    taken.set(serviceId, before + 1);
    return before < PER_SERVICE;
  });
  const chosen = new Set(first.slice(0, most));
  for (const row of rows) if (chosen.size < most) chosen.add(row);
  return rows.filter((row) => chosen.has(row));
}

/** Smaller is more urgent, place by place. */
function urgency({ one, stats }: TopRow): number[] {
  const memory = stats?.memoryBytes ?? 0;
  const share = stats?.limitBytes ? memory / stats.limitBytes : 0;
  const growing = one.verdict === 'leaking' || one.verdict === 'suspicious';
  const endMs = one.limitAtMs?.value ?? Number.POSITIVE_INFINITY;
  return [RANK[one.verdict], ...(growing ? [endMs, -(one.growthBytesPerHour?.value ?? 0)] : []), -share, -memory];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

/** `api-svc`, `api-svc #7`, `api-svc #1 hv-03`: of the service's name as much as leaves room for what tells its replicas apart. */
function nameIn({ service, replicas }: ServiceAssessment, { replica }: Assessment, width: number): string {
  const alone = new Set(replicas.map((one) => one.replica.number)).size === replicas.length;
  const own = replicas.length === 1 ? '' : alone ? ` #${replica.number}` : ` #${replica.number} ${visible(replica.host)}`;
  const suffix = clip(own, Math.ceil((width * 2) / 3));
  return `${clip(visible(service.name), width - suffix.length)}${suffix}`;
}
