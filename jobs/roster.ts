import type { Logger } from 'pino';
import { LeakwatchError } from '../src/errors.js';
import type { Engine, EngineEvent, EngineFacts } from '../src/model/engine.js';
import type { HostName } from '../src/model/host.js';
import type { Inventory, Replica, Run, RunStore } from '../src/model/replica.js';
import { sameLife } from './life.js';
import { makeLives } from './lives.js';

/** A life that goes on is said again: its record must not end before it does, and Redis may have lost it. */
const SAY_AGAIN_MS = 10 * 60_000;
export type RosterPorts = {
  readonly engine: Pick<Engine, 'facts' | 'replicas'>;
  readonly inventory: Pick<Inventory, 'replace'>;
  readonly runs: RunStore;
  readonly host: HostName;
  readonly log: Logger;
  readonly nowMs: () => number;
  /** Told after something in a replica's lives was recorded: a new one, an end, a kill. */
  readonly changed: (replica: Replica) => void;
};

/** Who is on this host: in memory for the sweeps, in Redis for everybody else. `look` and `settle` are not for the same time. */
export type Roster = {
  /** All replicas, those that do not run too. */
  all(): readonly Replica[];
  /** The running replicas, in order of their keys. */
  running(): readonly Replica[];
  facts(): EngineFacts;
  /** Whether this life is one of those that go on here. Before the first look it says nothing. */
  goesOn(run: Run): boolean;
  /** Why the engine could not be looked at the last time, in words for a person. */
  problem(): string | undefined;
  /** Whether there was a first look: before it, nobody being there says nothing. */
  looked(): boolean;
  /** The end of the first look, whether it came off or not: a sweep before it would find nobody. */
  readonly firstLook: Promise<void>;
  /** A look at everything: at the start, each minute, and after a break in the events. Rejects when it did not come off. */
  look(): Promise<void>;
  /** Takes in what happened to a container. */
  heard(event: EngineEvent): void;
  /** Looks again at the containers that something happened to, and says what changed. Rejects; what is left is done next time. */
  settle(): Promise<void>;
};

export function makeRoster({ engine, inventory, runs, host, log, nowMs, changed }: RosterPorts): Roster {
  const lives = makeLives();
  const touched = new Set<string>();
  const said = new Map<string, { readonly run: string; readonly atMs: number }>();
  let facts: EngineFacts = {};
  let problem: string | undefined;
  let looked = false;
  let endFirstLook = () => {};
  const firstLook = new Promise<void>((resolve) => {
    endFirstLook = resolve;
  });

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
      seen.map(async ({ key, run }) =>
        lives.run(run.containerId) ? undefined : (await runs.read(key)).find((life) => sameLife(life, run)),
      ),
    );
    seen.forEach((replica, index) => {
      lives.seen(replica, before[index]);
    });
  }

  async function say(): Promise<void> {
    const all = lives.places();
    await inventory.replace(host, all, nowMs());
    for (let next = lives.ended[0]; next; next = lives.ended[0]) {
      await runs.record(next.replica.key, next.run);
      changed(next.replica);
      if (lives.ended[0] === next) lives.ended.shift();
    }
    const news = all.filter(({ key, run }) => {
      const last = said.get(key);
      return last?.run !== JSON.stringify(run) || nowMs() - last.atMs > SAY_AGAIN_MS;
    });
    await Promise.all(news.map(({ key, run }) => runs.record(key, run)));
    for (const replica of news) {
      const run = JSON.stringify(replica.run);
      if (said.get(replica.key)?.run !== run) changed(replica);
      said.set(replica.key, { run, atMs: nowMs() });
    }
    const keys = new Set(all.map(({ key }) => key));
    for (const key of said.keys()) if (!keys.has(key)) said.delete(key);
  }

  async function takeAll(): Promise<void> {
    const [ofEngine, seen] = await ask(() => Promise.all([engine.facts(), engine.replicas(host)]));
    facts = ofEngine;
    problem = undefined;
    await takeIn(seen);
    lives.keep(new Set(seen.map(({ run }) => run.containerId)));
    await say();
    looked = true;
  }

  return {
    all: () => lives.places(),
    running: () => lives.places().filter(({ running }) => running),
    facts: () => facts,
    goesOn(run) {
      const now = lives.run(run.containerId);
      return now !== undefined && sameLife(now, run) && now.endedAtMs === undefined;
    },
    problem: () => problem,
    looked: () => looked,
    firstLook,

    async look() {
      try {
        await takeAll();
      } finally {
        endFirstLook();
      }
    },

    heard(event) {
      touched.add(event.containerId);
      lives.heard(event);
      if (event.action === 'oom')
        log.info({ containerId: event.containerId }, 'out of memory: the kernel killed a process in it');
    },

    async settle() {
      const ids = [...touched];
      if (ids.length === 0) return;
      touched.clear();
      try {
        const seen = await ask(() => engine.replicas(host, ids));
        await takeIn(seen);
        const present = new Set(seen.map(({ run }) => run.containerId));
        for (const id of ids) if (!present.has(id)) lives.forget(id);
        await say();
      } catch (error) {
        for (const id of ids) touched.add(id);
        throw error;
      }
    },
  };
}
