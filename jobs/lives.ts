import type { EngineEvent } from '../src/model/engine.js';
import type { Replica, Run } from '../src/model/replica.js';
import { endOf, goOn, isAbout, isAfter, isWhy, type Kills, sameLife, withKills } from './life.js';

/** Ends that wait to be recorded; beyond it the oldest are given up. */
const MAX_ENDED = 10_000;

type Ended = { readonly replica: Replica; readonly run: Run };

/**
 * The containers of a host and their lives, put together from two sources. Events know when and why a life ended, even when the
 * container runs again before anybody can look; a look knows the rest. No I/O here.
 *
 *     events   start ──────────── oom die start ──────
 *     looks          ○ image, limit            ○ the next life: the last one's end is gone
 */
export type Lives = {
  run(containerId: string): Run | undefined;
  /** What a look saw. `before` is what an earlier agent recorded of the container's present life. */
  seen(replica: Replica, before?: Run): void;
  heard(event: EngineEvent): void;
  /** Forgets every container that is not among these. */
  keep(containerIds: ReadonlySet<string>): void;
  forget(containerId: string): void;
  /** Lives that ended, oldest first, to be taken out once they are recorded. */
  readonly ended: Ended[];
  /** One container a place, in order of keys. */
  places(): Replica[];
};

export function makeLives(): Lives {
  const containers = new Map<string, Replica>();
  /** Another life took their place before their end was heard. */
  const unended = new Map<string, Replica>();
  const lastOom = new Map<string, bigint>();
  /** OOM kills in a life that was not looked at yet. */
  const early = new Map<string, Kills>();
  const ended: Ended[] = [];

  function forget(containerId: string): void {
    for (const map of [containers, unended, lastOom, early]) map.delete(containerId);
  }

  function oom(event: EngineEvent): void {
    const id = event.containerId;
    const one = { count: 1, lastAt: event.at };
    lastOom.set(id, event.at);
    const now = containers.get(id);
    const before = unended.get(id);
    if (now && isWhy(event, now.run)) {
      const run = { ...withKills(now.run, one), oomKilled: true };
      containers.set(id, { ...now, run });
      ended.push({ replica: now, run });
    } else if (now && isAbout(event, now.run)) containers.set(id, { ...now, run: withKills(now.run, one) });
    else if (before && isAbout(event, before.run)) unended.set(id, { ...before, run: withKills(before.run, one) });
    else if (!now || isAfter(event, now.run)) early.set(id, { ...one, count: (early.get(id)?.count ?? 0) + 1 });
  }

  function die(event: EngineEvent): void {
    const id = event.containerId;
    const now = containers.get(id);
    const isNow = now !== undefined && isAbout(event, now.run);
    const over = isNow ? now : unended.get(id);
    if (!over) return;
    const run = endOf(over.run, event, lastOom.get(id));
    if (isNow) containers.set(id, { ...now, run, running: false });
    else unended.delete(id);
    ended.push({ replica: over, run });
    if (ended.length > MAX_ENDED) ended.shift();
  }

  return {
    ended,
    forget,
    run: (containerId) => containers.get(containerId)?.run,
    seen(replica, before) {
      const id = replica.run.containerId;
      const last = containers.get(id);
      if (last && last.run.endedAtMs === undefined && !sameLife(last.run, replica.run)) unended.set(id, last);
      const run = withKills(goOn(last?.run ?? before, replica.run), early.get(id));
      early.delete(id);
      containers.set(id, { ...replica, run, running: replica.running && run.endedAtMs === undefined });
    },
    heard(event) {
      if (event.action === 'start') early.delete(event.containerId);
      if (event.action === 'oom') oom(event);
      if (event.action === 'die') die(event);
    },
    keep(containerIds) {
      for (const id of [...containers.keys(), ...lastOom.keys(), ...early.keys()]) if (!containerIds.has(id)) forget(id);
    },
    places: () => places(containers.values()),
  };
}

/** Of an old container beside the one that took over: the one that runs, else the later one. */
function places(containers: Iterable<Replica>): Replica[] {
  const byKey = new Map<string, Replica>();
  for (const replica of containers) {
    const other = byKey.get(replica.key);
    if (!other || isBefore(other, replica)) byKey.set(replica.key, replica);
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function isBefore(a: Replica, b: Replica): boolean {
  if (a.running !== b.running) return b.running;
  return a.run.startedAtMs < b.run.startedAtMs;
}
