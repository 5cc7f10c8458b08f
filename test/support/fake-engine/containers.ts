import { type FakeContainer, type FakeSpec, makeContainer } from './container.js';
import type { EventHub } from './events.js';

/** Measured: `oom` is told some 20 ms before `die`, and a restart by policy begins 100 ms after it. Both before now. */
const OOM_BEFORE_DIE_MS = 20;
export const RESTART_MS = 100;

/** How a life ends: by itself, by a signal, or by the kernel. */
export type End = { readonly exitCode?: number; readonly oomKilled?: boolean };

/**
 * What happens to the containers of a fake engine. Each does to state and events what the engine does (recorded in
 * `test/golden/docker`), and throws what the engine would refuse.
 */
export type FakeContainers = {
  create(spec: FakeSpec): string;
  start(id: string): void;
  /** Create and start. Gives the id. */
  run(spec: FakeSpec): string;
  /** Its first process ends. With `restart: 'always'` it is started again at once. */
  die(id: string, end?: End): void;
  /** The kernel kills a process in it: the first one, so that it dies, or (`child`) another, and it lives on. */
  oom(id: string, child?: 'child'): void;
  stop(id: string): void;
  remove(id: string): void;
  /** As Compose does it: the old one is stopped and removed, a new one has its name. Gives the new id. */
  recreate(id: string, over: Partial<FakeSpec>): string;
  /** `docker update -m`; null: no limit. */
  limit(id: string, bytes: number | null): void;
  rename(id: string, name: string): void;
  /** From now on it holds this. */
  holds(id: string, memory: FakeSpec['memory']): void;
  /** What is done in `work` happens at this time (Unix ms), not at the clock's. */
  at<T>(atMs: number, work: () => T): T;
  get(idOrName: string): FakeContainer | undefined;
  all(): FakeContainer[];
};

export function makeContainers(engine: string, clockMs: () => number, { tell }: EventHub): FakeContainers {
  const byId = new Map<string, FakeContainer>();
  let made = 0;
  let fixedMs: number | undefined;
  const nowMs = () => fixedMs ?? clockMs();
  const say = (action: string, one: FakeContainer, attributes?: Record<string, string>) => tell(action, one, nowMs(), attributes);

  function known(id: string): FakeContainer {
    const found = byId.get(id);
    if (!found) throw new Error(`No such container: ${id}`);
    return found;
  }
  function end(one: FakeContainer, { exitCode = 0, oomKilled = false }: End): void {
    if (!one.running) throw new Error(`${one.name} does not run`);
    const atMs = Math.max(one.startedAtMs ?? 0, nowMs());
    if (oomKilled) all.at(Math.max(one.startedAtMs ?? 0, atMs - OOM_BEFORE_DIE_MS), () => say('oom', one));
    Object.assign(one, { running: false, finishedAtMs: atMs, exitCode: oomKilled ? 137 : exitCode, oomKilled });
    all.at(atMs, () => say('die', one, { exitCode: String(one.exitCode) }));
  }
  function begin(one: FakeContainer): void {
    if (one.running) throw new Error(`${one.name} runs already`);
    // What the last life left goes when the next one begins (moby daemon/container/state.go, SetRunning).
    Object.assign(one, { running: true, startedAtMs: nowMs(), exitCode: 0, oomKilled: false });
    say('start', one);
  }

  const all: FakeContainers = {
    create(spec) {
      if ([...byId.values()].some(({ name }) => name === spec.name))
        throw new Error(`Conflict. The container name "/${spec.name}" is already in use`);
      made += 1;
      const one = makeContainer(spec, `${engine} ${made}`, nowMs());
      byId.set(one.id, one);
      say('create', one);
      return one.id;
    },
    start: (id) => begin(known(id)),
    run(spec) {
      const id = all.create(spec);
      all.start(id);
      return id;
    },
    die(id, how = {}) {
      const one = known(id);
      if (one.restart !== 'always') return end(one, how);
      all.at(nowMs() - RESTART_MS, () => end(one, how));
      one.restartCount += 1;
      begin(one);
    },
    oom(id, child) {
      const one = known(id);
      if (!one.running) throw new Error(`${one.name} does not run`);
      if (child) say('oom', one);
      else all.die(id, { oomKilled: true });
    },
    stop(id) {
      const one = known(id);
      say('kill', one, { signal: '15' });
      end(one, { exitCode: 143 });
      say('stop', one);
    },
    remove(id) {
      const one = known(id);
      if (one.running) throw new Error(`You cannot remove a running container ${id}`);
      byId.delete(id);
      say('destroy', one);
    },
    recreate(id, over) {
      const one = known(id);
      const { name, image, memory, labels, limitBytes, env, restart } = one;
      if (one.running) all.stop(id);
      all.remove(id);
      return all.run({ name, image, memory, labels, limitBytes, env, restart, ...over });
    },
    limit(id, bytes) {
      const one = known(id);
      one.limitBytes = bytes;
      say('update', one);
    },
    rename(id, name) {
      const one = known(id);
      const oldName = one.name;
      one.name = name;
      say('rename', one, { oldName: `/${oldName}` });
    },
    holds(id, memory) {
      known(id).memory = memory;
    },
    at(atMs, work) {
      const before = fixedMs;
      fixedMs = atMs;
      try {
        return work();
      } finally {
        fixedMs = before;
      }
    },
    get: (idOrName) => byId.get(idOrName) ?? lookUp([...byId.values()], idOrName),
    all: () => [...byId.values()],
  };
  return all;
}

/** By name, else by an id's beginning that only one has. */
function lookUp(all: readonly FakeContainer[], word: string): FakeContainer | undefined {
  const named = all.find(({ name }) => name === word.replace(/^\//, ''));
  const [first, ...others] = all.filter(({ id }) => id.startsWith(word));
  return named ?? (others.length === 0 ? first : undefined);
}
