import type { Logger } from 'pino';
import { LeakwatchError } from '../src/errors.js';
import type { Engine, EngineEvent, EngineFacts } from '../src/model/engine.js';
import type { HostName } from '../src/model/host.js';
import type { Inventory, Replica, Run, RunStore } from '../src/model/replica.js';
import { endOf, goOn, killInside, sameLife } from './life.js';

/** A life that goes on is said again, so that its record does not end before it does. */
const SAY_AGAIN_MS = 12 * 3_600_000;
/** Ends that wait for Redis; beyond it the oldest are given up. */
const MAX_WAITING = 10_000;

export type RosterPorts = {
  readonly engine: Pick<Engine, 'facts' | 'replicas' | 'replica'>;
  readonly inventory: Pick<Inventory, 'replace'>;
  readonly runs: RunStore;
  readonly host: HostName;
  readonly log: Logger;
  readonly nowMs: () => number;
};

/** Who is on this host: in memory for the sweeps, in Redis for everybody else. `look` and `settle` are not for the same time. */
export type Roster = {
  /** The running replicas, in order of their keys. */
  running(): readonly Replica[];
  facts(): EngineFacts;
  /** Why the engine could not be looked at the last time, in words for a person. */
  problem(): string | undefined;
  /** A look at everything: at the start, each minute, and after a break in the events. Rejects when it did not come off. */
  look(): Promise<void>;
  /** Takes in what happened to a container. */
  heard(event: EngineEvent): void;
  /** Looks again at the containers that something happened to, and says what changed. Rejects; what is left is done next time. */
  settle(): Promise<void>;
};

/**
 * Lives are put together from two sources. Events know when and why one ended, even when the container runs again before anybody
 * can look; a look knows the rest.
 *
 *     events   start ──────────── oom die start ──────
 *     looks          ○ image, limit            ○ the next life: the last one's end is gone
 */
export function makeRoster({ engine, inventory, runs, host, log, nowMs }: RosterPorts): Roster {
  const containers = new Map<string, Replica>();
  const lastOom = new Map<string, bigint>();
  const touched = new Set<string>();
  const ended: { readonly replica: string; readonly run: Run }[] = [];
  const said = new Map<string, { readonly run: string; readonly atMs: number }>();
  let facts: EngineFacts = {};
  let problem: string | undefined;

  async function ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (error instanceof LeakwatchError) problem = error.message;
      throw error;
    }
  }

  /** What an agent before this one knew of a life is gone on with. */
  async function takeIn(seen: readonly Replica[]): Promise<void> {
    const before = await Promise.all(
      seen.map(async ({ key, run }) => {
        const known = containers.get(run.containerId)?.run;
        return known ?? (await runs.read(key)).find((life) => sameLife(life, run));
      }),
    );
    seen.forEach((replica, index) => {
      const { containerId } = replica.run;
      // Once more from memory: an event may have come since.
      const run = goOn(containers.get(containerId)?.run ?? before[index], replica.run);
      containers.set(containerId, { ...replica, run, running: replica.running && run.endedAtMs === undefined });
    });
  }

  async function say(): Promise<void> {
    const all = places([...containers.values()]);
    await inventory.replace(host, all, nowMs());
    for (let next = ended[0]; next; next = ended[0]) {
      await runs.record(next.replica, next.run);
      ended.shift();
    }
    const changed = all.filter(({ key, run }) => {
      const last = said.get(key);
      return last?.run !== JSON.stringify(run) || nowMs() - last.atMs > SAY_AGAIN_MS;
    });
    await Promise.all(changed.map(({ key, run }) => runs.record(key, run)));
    for (const { key, run } of changed) said.set(key, { run: JSON.stringify(run), atMs: nowMs() });
  }

  function forget(containerId: string): void {
    const key = containers.get(containerId)?.key;
    containers.delete(containerId);
    lastOom.delete(containerId);
    if (key !== undefined) said.delete(key);
  }

  return {
    running: () => places([...containers.values()]).filter(({ running }) => running),
    facts: () => facts,
    problem: () => problem,

    async look() {
      const [ofEngine, seen] = await ask(() => Promise.all([engine.facts(), engine.replicas(host)]));
      facts = ofEngine;
      problem = undefined;
      const present = new Set(seen.map(({ run }) => run.containerId));
      await takeIn(seen);
      for (const id of [...containers.keys(), ...lastOom.keys()]) if (!present.has(id)) forget(id);
      await say();
    },

    heard(event) {
      const { containerId, action, at } = event;
      touched.add(containerId);
      if (action === 'oom') lastOom.set(containerId, at);
      const replica = containers.get(containerId);
      if (!replica || replica.run.endedAtMs !== undefined) return;
      if (action === 'oom') {
        log.info({ container: replica.containerName }, 'out of memory: the kernel killed a process in it');
        containers.set(containerId, { ...replica, run: killInside(replica.run) });
      }
      if (action !== 'die') return;
      const run = endOf(replica.run, event, lastOom.get(containerId));
      containers.set(containerId, { ...replica, run, running: false });
      ended.push({ replica: replica.key, run });
      if (ended.length > MAX_WAITING) ended.shift();
    },

    async settle() {
      const ids = [...touched];
      if (ids.length === 0) return;
      touched.clear();
      try {
        const seen = await ask(() => Promise.all(ids.map((id) => engine.replica(host, id))));
        await takeIn(seen.filter((replica) => replica !== null));
        for (const [index, id] of ids.entries()) if (seen[index] === null) forget(id);
        await say();
      } catch (error) {
        for (const id of ids) touched.add(id);
        throw error;
      }
    },
  };
}

/** One container a place, in order of keys: of an old one beside the one that took over, the one that runs, else the later one. */
function places(containers: readonly Replica[]): Replica[] {
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
