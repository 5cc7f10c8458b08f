import type { Event, Series } from '../model/assessment.js';
import type { LedgerLine } from '../model/ledger.js';
import type { Run } from '../model/replica.js';
import type { Happened } from '../model/trend.js';
import { startsOf } from './starts.js';

/** A deploy reaches the last replica within this; the same image again, later, is another deploy. A choice. */
const ROLL_OUT_MS = 60 * 60_000;

export type Lives = Pick<Series, 'replica' | 'samples' | 'runs' | 'ledger'>;

/**
 * What happened to the replicas of a service from `fromMs` on (Unix ms). The first life that is known of a replica is not a restart:
 * nothing is known to have ended before it.
 */
export function happenedIn(series: readonly Lives[], fromMs: number): Happened {
  const starts = series.flatMap((one) => {
    const [first] = knownLives(one).sort((a, b) => a.startedAtMs - b.startedAtMs);
    return startsOf({ ...one, fromMs, toMs: Number.POSITIVE_INFINITY }).filter(
      ({ atMs }) => atMs >= fromMs && atMs !== first?.startedAtMs,
    );
  });
  return {
    deploys: deploysOf(starts.filter(({ kind }) => kind === 'deploy')),
    restarts: starts.filter(({ kind }) => kind === 'restart').length,
    oomKills: series.flatMap(knownLives).reduce((sum, life) => sum + killsIn(life, fromMs), 0),
  };
}

type Life = Run | LedgerLine;

/** Each once: the ledger keeps what the list of runs has lost. */
function knownLives({ replica, runs, ledger = [] }: Lives): Life[] {
  const told = ledger.filter((line) => line.replica === replica.key);
  return [...new Map<number, Life>([...told, ...runs, replica.run].map((life) => [life.startedAtMs, life])).values()];
}

/** The container's own end, or those of its processes while it stayed up; of a life that began earlier only the last is known to be of the window. */
function killsIn(life: Life, fromMs: number): number {
  if (life.oomKilled) return (life.endedAtMs ?? Number.NEGATIVE_INFINITY) >= fromMs ? 1 : 0;
  const { oomKills = 0, lastOomKillMs } = 'replica' in life ? {} : life;
  if (oomKills === 0 || (lastOomKillMs ?? life.startedAtMs) < fromMs) return 0;
  return life.startedAtMs >= fromMs ? oomKills : 1;
}

/** Oldest first, each image once a roll-out. */
function deploysOf(starts: readonly Event[]): Event[] {
  const deploys: Event[] = [];
  const lastMs = new Map<string, number>();
  for (const start of starts.toSorted((a, b) => a.atMs - b.atMs)) {
    const name = JSON.stringify([start.previousImage, start.image]);
    if (start.atMs - (lastMs.get(name) ?? Number.NEGATIVE_INFINITY) > ROLL_OUT_MS) deploys.push(start);
    lastMs.set(name, start.atMs);
  }
  return deploys;
}
