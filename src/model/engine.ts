import type { HostName } from './host.js';
import type { ContainerAddresses } from './profiler.js';
import type { Replica } from './replica.js';
import type { Sample } from './sample.js';

/** What an engine says of itself; what it (or the filter before it) does not tell is absent. */
export type EngineFacts = {
  /** Its own, and no other engine's, whatever its host is called. */
  readonly id?: string;
  readonly name?: string;
  readonly version?: string;
  readonly cgroup?: 'v1' | 'v2';
  /** All of the host's memory, bytes. */
  readonly memoryBytes?: number;
};

/** Something happened to a container. `at` is the engine's clock in nanoseconds, exact: where to go on after a break. */
export type EngineEvent = {
  readonly containerId: string;
  readonly action: 'start' | 'die' | 'oom' | 'rename' | 'update' | 'destroy';
  readonly at: bigint;
  readonly exitCode?: number;
};

export type Sweep = {
  readonly samples: ReadonlyArray<{ readonly replica: string; readonly sample: Sample }>;
  readonly failed: number;
  /** Why, in words for a person. */
  readonly why?: string;
};

/**
 * Port: one Docker Engine, to be read only. Every call has a deadline of its own and rejects with a `worldError` in words for
 * a person. Implemented in `sources/docker/`.
 */
export type Engine = {
  facts(): Promise<EngineFacts>;
  /**
   * All that count: no one-off runs, none that ended long ago. With ids: those of them that are
   * there and count.
   */
  replicas(host: HostName, containerIds?: readonly string[]): Promise<Replica[]>;
  /** Where a container can be reached now; null: it is gone, or does not run. */
  addresses(containerId: string): Promise<ContainerAddresses | null>;
  /**
   * Their memory now, all at a time. One that is gone or not running is left out; what failed is counted, with one reason. After
   * `signal` no further one is begun, and those count as failed.
   */
  sweep(replicas: readonly Replica[], signal: AbortSignal): Promise<Sweep>;
  /**
   * What happens from now on, or since `since`; each event once, over all calls. Resolves when connected; the events end with
   * the connection, or when `signal` says so.
   */
  events(since: bigint | null, signal: AbortSignal): Promise<AsyncIterable<EngineEvent>>;
};
