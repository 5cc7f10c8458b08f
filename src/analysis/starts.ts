import type { Event, Series } from '../model/assessment.js';
import { isDeploy, type Run } from '../model/replica.js';
import type { Samples } from '../model/sample.js';

type Life = Pick<Run, 'startedAtMs' | 'image' | 'imageId'>;

/**
 * Every start that is known of the replica, oldest first: a deploy where the image is another one than before, else a restart.
 * The ledger reaches further back than the list of runs does.
 *
 *     api:1 ──── api:1 ──── api:2 ────
 *     restart    restart    deploy
 *
 * A start at the time of the very first sample (`firstMs`) is none that was seen: it stands for a life that was there before.
 */
export function startsOf({ samples, runs, replica, ledger = [] }: Series, firstMs = earliest(samples)): Event[] {
  const told = ledger.filter((line) => line.replica === replica.key);
  const known = new Map<number, Life>([...told, ...runs, replica.run].map((life) => [life.startedAtMs, life]));
  const lives = [...known.values()].filter(({ startedAtMs }) => Number.isFinite(startedAtMs));
  return lives
    .sort((a, b) => a.startedAtMs - b.startedAtMs)
    .flatMap((life, i, inOrder): Event[] => {
      const before = inOrder[i - 1];
      const { startedAtMs: atMs, image } = life;
      if (!before && atMs === firstMs) return [];
      if (!isDeploy(before, life)) return [{ kind: 'restart', atMs, image }];
      return [{ kind: 'deploy', atMs, image, ...(before?.image ? { previousImage: before.image } : {}) }];
    });
}

function earliest(samples: Samples): number {
  let firstMs = Number.POSITIVE_INFINITY;
  for (const { t } of samples) if (t < firstMs) firstMs = t;
  return firstMs;
}
