import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import type { TakenHeap } from '../model/heap-taking.js';
import type { HostName } from '../model/host.js';
import type { Replica } from '../model/replica.js';
import { usedOf } from '../model/sample.js';

/** A replica with a past is worth more than the fastest without one, if it grows half as fast. A choice. */
const NEARLY = 0.5;

/**
 * Whose heap is taken: the replica that grows fastest; one that grows nearly as fast and has an earlier heap of the same process, so that
 * there is something to compare with. None grows: the one with a past, else the largest. Null: none runs on a host that answers.
 */
export function replicaForHeap(
  { replicas }: Pick<ServiceAssessment, 'replicas'>,
  taken: readonly TakenHeap[],
  silent: ReadonlySet<HostName>,
): Replica | null {
  const running = replicas.filter(({ replica }) => replica.running && !silent.has(replica.host));
  const speed = ({ growthBytesPerHour }: Assessment) => Math.max(0, growthBytesPerHour?.value ?? 0);
  const size = ({ latest }: Assessment) => usedOf(latest) ?? 0;
  const ranked = running.toSorted((a, b) => speed(b) - speed(a) || size(b) - size(a) || (a.replica.key < b.replica.key ? -1 : 1));
  const least = NEARLY * (ranked[0] ? speed(ranked[0]) : 0);
  const known = ranked.find((one) => speed(one) >= least && hasPast(one.replica, taken));
  return (known ?? ranked[0])?.replica ?? null;
}

function hasPast({ key, run }: Replica, taken: readonly TakenHeap[]): boolean {
  return taken.some(
    (heap) => heap.replica === key && heap.containerId === run.containerId && heap.startedAtMs === run.startedAtMs,
  );
}
