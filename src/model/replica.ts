import type { HostName } from './host.js';

/** One life of one container. Times in Unix ms. */
export type Run = {
  readonly containerId: string;
  readonly image: string;
  readonly imageId?: string;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
  /** OOM kills inside it that were seen; a child process may be killed while the container lives on. Absent: none. */
  readonly oomKills?: number;
  /** When the last of them was, Unix ms. Absent when there was none, or when it was counted by a version that did not keep it. */
  readonly lastOomKillMs?: number;
};

/** Another image than the life before had. What is not known is no difference: a tag or an id that is missing on one side. */
export function isDeploy(before: Image | null | undefined, after: Image): boolean {
  const differ = (a: string | undefined, b: string | undefined) => Boolean(a) && Boolean(b) && a !== b;
  return differ(before?.image, after.image) || differ(before?.imageId, after.imageId);
}

type Image = Pick<Run, 'image' | 'imageId'>;

/** What a person names. `id` is unique in the fleet (`shop/api-svc`), `name` is what they type (`api-svc`). */
export type ServiceRef = {
  readonly id: string;
  readonly name: string;
  readonly project?: string;
};

/**
 * One numbered place of a service on a host. A re-created container is the same replica; `run` is its present (or, when it
 * is down, its last) life. `key` names the replica everywhere: `<host>/<service id>/<number>`.
 */
export type Replica = {
  readonly key: string;
  readonly host: HostName;
  readonly service: ServiceRef;
  readonly number: number;
  readonly containerName: string;
  /** Bytes; null: no limit set. */
  readonly limitBytes: number | null;
  readonly running: boolean;
  readonly run: Run;
  /** Only the `leakwatch.*` and `org.opencontainers.image.*` labels: an inspect holds secrets, so nothing else is kept. */
  readonly labels: Readonly<Record<string, string>>;
};

/** The replicas of each service by its id, in their order. */
export function byService(replicas: readonly Replica[]): ReadonlyMap<string, readonly Replica[]> {
  const found = new Map<string, Replica[]>();
  for (const replica of replicas) {
    const own = found.get(replica.service.id);
    if (own) own.push(replica);
    else found.set(replica.service.id, [replica]);
  }
  return found;
}

/** Port: who is there, as the agents last saw it. Implemented in `store/`. */
export type Inventory = {
  /** Replaces what `host` has; replicas that are no longer seen keep their samples but leave the list. */
  replace(host: HostName, replicas: readonly Replica[], nowMs: number): Promise<void>;
  all(): Promise<Replica[]>;
};

/** Port: the lives of a replica, oldest first (at most the last 50). Implemented in `store/`. */
export type RunStore = {
  /** Adds the run, or updates the one with the same container id and start. */
  record(replica: string, run: Run): Promise<void>;
  read(replica: string): Promise<Run[]>;
};
