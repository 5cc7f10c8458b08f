import type { Series } from './assessment.js';
import type { Replica, Run } from './replica.js';
import type { Samples } from './sample.js';

/** `partial`: something of the server did not answer, in its own words. */
type Part = { readonly partial?: string };

/**
 * `otherName`: the service that it says a container of this one is of, by a label that belongs to another; the container's id is believed.
 */
type Named = { readonly otherName?: string };

/** What a metrics server remembers of one replica, oldest first; both empty: it knows nothing of it. */
export type Remembered = Named & { readonly samples: Samples; readonly runs: readonly Run[] };

/** Whose past is asked for. `runs`: the lives that its agent saw, which say which containers it was. */
export type AskedPast = { readonly replica: Replica; readonly runs: readonly Run[] };

/** Port: a metrics server that was there before the agents. Every call rejects with a world error within seconds. Implemented in `sources/`. */
export type LongHistory = {
  /** By the key of the replica. `isOthers`: whether a container is known to be another replica's, whatever its labels say. */
  past(
    asked: readonly AskedPast[],
    isOthers: (containerId: string, replica: string) => boolean,
    fromMs: number,
    toMs: number,
  ): Promise<Part & { readonly replicas: ReadonlyMap<string, Remembered> }>;
  /** Who was there in the last hour, by its labels alone. */
  replicas(nowMs: number): Promise<Part & { readonly replicas: readonly Replica[] }>;
  /** All of one service by its labels alone. Of an answer in part that has nothing of it, it cannot be said that there is none: it rejects. */
  service(serviceId: string, fromMs: number, toMs: number): Promise<Part & Named & { readonly series: readonly Series[] }>;
};

/** Port: what was remembered, kept so that it is asked for once. Implemented in `store/`. */
export type RememberedStore = {
  /** Null: it was not asked for. */
  read(replica: string): Promise<(Remembered & Part) | null>;
  keep(replica: string, remembered: Remembered & Part, lifeMs: number): Promise<void>;
};

/** `atMs`: when the server had it last, Unix ms. */
export type SeenElsewhere = { readonly replica: Replica; readonly atMs: number };

/** Port: the services that a metrics server alone knows. Implemented in `store/`. */
export type KnownElsewhere = {
  /** Whether it is the turn of who asks to look: of all workers one in `everyMs`. */
  turn(everyMs: number): Promise<boolean>;
  replace(seen: readonly SeenElsewhere[], lifeMs: number): Promise<void>;
  seen(): Promise<readonly SeenElsewhere[]>;
  all(): Promise<Replica[]>;
};
