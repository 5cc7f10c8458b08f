import type { EngineEvent } from '../src/model/engine.js';
import type { Run } from '../src/model/replica.js';

/**
 * The engine says `oom` some milliseconds before `die`, seconds on a machine without a free core, and there the other way round
 * too: one this close to it is why.
 */
const OOM_BEFORE_DIE_NANOS = 15_000_000_000n;
const OOM_AFTER_DIE_MS = 5_000;
const KILLED = 137;

type Life = Pick<Run, 'containerId' | 'startedAtMs'>;

/** Whether two looks saw the same life: the same container since the same start. */
export function sameLife(a: Life, b: Life): boolean {
  return a.containerId === b.containerId && a.startedAtMs === b.startedAtMs;
}

/** A life as it was just seen, with what was known of it before: an end stays an end, an OOM kill an OOM kill. */
export function goOn(before: Run | undefined, seen: Run): Run {
  if (!before || !sameLife(before, seen)) return seen;
  const oomKilled = before.oomKilled || seen.oomKilled;
  return { ...before, ...seen, ...(oomKilled === undefined ? {} : { oomKilled }) };
}

/** A life that a `die` event ends. `oomAt` is when the container's last `oom` event was, in nanoseconds. */
export function endOf(run: Run, die: EngineEvent, oomAt: bigint | undefined): Run {
  return {
    ...run,
    endedAtMs: Math.max(run.startedAtMs, Number(die.at / 1_000_000n)),
    oomKilled: oomAt !== undefined && die.at - oomAt < OOM_BEFORE_DIE_NANOS,
    ...(die.exitCode === undefined ? {} : { exitCode: die.exitCode }),
  };
}

/** OOM kills in one life: how many, and when the last was, in nanoseconds. */
export type Kills = { readonly count: number; readonly lastAt: bigint };

/** The run with OOM kills that were heard, added to those that it had. */
export function withKills(run: Run, kills: Kills | undefined): Run {
  if (!kills) return run;
  const lastOomKillMs = Math.max(run.lastOomKillMs ?? 0, Number(kills.lastAt / 1_000_000n));
  return { ...run, oomKills: (run.oomKills ?? 0) + kills.count, lastOomKillMs };
}

/** After a break the events tell of lives that are over: those of before this one's start are not about it. */
export function isAbout({ at }: EngineEvent, run: Run): boolean {
  return run.endedAtMs === undefined && Number(at / 1_000_000n) >= run.startedAtMs;
}

/** The reason of an end that was heard before it. */
export function isWhy({ at }: EngineEvent, { endedAtMs, exitCode, oomKilled }: Run): boolean {
  const afterMs = Number(at / 1_000_000n) - (endedAtMs ?? Number.NaN);
  return exitCode === KILLED && !oomKilled && afterMs >= 0 && afterMs <= OOM_AFTER_DIE_MS;
}

/** Whether an event came after the end of this life. */
export function isAfter({ at }: EngineEvent, { endedAtMs }: Run): boolean {
  return endedAtMs !== undefined && Number(at / 1_000_000n) > endedAtMs;
}
