import type { Event } from './assessment.js';
import type { Audit, DeployAudit } from './audit.js';
import type { Chart } from './chart.js';
import type { OutboxEntry, SlackMessage } from './message.js';
import type { Deployed, Moment, Place, Thread } from './news.js';
import type { Range } from './range.js';
import type { ServiceRef } from './replica.js';
import type { Level, WatchState } from './watch.js';

/**
 * What is still to be said of it, in order. The root is said under the incident's own key, as it is then; evidence goes to the
 * thread once the root is there. What stands here was not handed to the outbox yet: a crash loses none of it.
 */
export type Saying = {
  readonly key: string;
  readonly as: 'root' | 'evidence';
  /** Where evidence goes to once: the thread that is left. Absent: where all of it goes. */
  readonly at?: Thread;
  readonly message: SlackMessage;
  readonly chart?: Chart;
};

/** One leak of one service being handled: plain JSON. */
export type Incident = {
  /** Also the outbox key of its root message. */
  readonly id: string;
  readonly service: ServiceRef;
  readonly level: Exclude<Level, 'digest'>;
  readonly openedMs: number;
  readonly place: Place;
  /** The storm whose message has it; absent: it has a root of its own (or a thread that was there). */
  readonly storm?: string;
  /** The storm that it left for a root of its own: its message is made anew without it. */
  readonly leftStorm?: string;
  /** Evidence goes to `place`, and its root is somewhere else: where, who wanted that, and the address of the thread. */
  readonly collected?: { readonly root: Place; readonly by: string; readonly atMs: number; readonly link?: string };
  readonly acknowledged?: { readonly by: string; readonly atMs: number };
  /** Nothing is said in the thread until then; `untilMs` null: until it is a quarter faster than `bytesPerHour`. */
  readonly snoozed?: {
    readonly by: string;
    readonly atMs: number;
    readonly untilMs: number | null;
    readonly bytesPerHour: number | null;
  };
  readonly closed?: {
    readonly atMs: number;
    readonly how: 'recovered' | 'fixed' | 'resolved' | 'not-a-leak' | 'gone' | 'unwatched';
    readonly by?: string;
    /** Why it is not a leak, in the person's words. */
    readonly reason?: string;
  };
  /** What was said at its opening: what a fix is compared with. */
  readonly opening: {
    readonly growthBytesPerHour: Range | null;
    readonly limitAtMs: number | null;
    readonly images: readonly string[];
    /** When it began to grow, and what began with it. */
    readonly since?: { readonly atMs: number; readonly near?: Event; readonly compareUrl?: string };
  };
  /** What was said of it last, and on which hosts it is. */
  readonly latest: {
    readonly growthBytesPerHour: number | null;
    readonly limitAtMs: number | null;
    readonly hosts: readonly string[];
  };
  /** The latest deploy since then, until its effect was told. */
  readonly deploy?: { readonly atMs: number } & Deployed;
  /** The function that grew most, by its last heap: untrusted text. */
  readonly grew?: string;
  /** What that heap said, in a line: escaped. */
  readonly grewWords?: string;
  /** The deploy that it comes from, by both slopes. */
  readonly audit?: DeployAudit;
  /** Since then no container of its service is there, Unix ms; absent: some are. */
  readonly missingSinceMs?: number;
  /** What was heard already of deploys, restarts and OOM kills: ids, the newest last. */
  readonly heard: readonly string[];
  readonly oomKills: number;
  readonly restarts: number;
  readonly moments: readonly Moment[];
  /** Alerts from outside that were taken in: `<id> <status>`, the newest last. */
  readonly alarms?: readonly string[];
  /** How many sayings it had: numbers their keys. */
  readonly count: number;
  readonly unsaid: readonly Saying[];
  /** A heap belongs to its verdict, and whether its job is in the queue is not sure: the next look puts it there. */
  readonly heapOwed?: true;
  /** It is in the archive as it opened; with `closedMs` as it closed then, too (Unix ms). */
  readonly frozen?: { readonly closedMs?: number };
};

/** Whether the archive has it otherwise than it is: not yet, or open though it is closed, or closed though it was opened again. */
export function owesFreeze({ frozen, closed }: Pick<Incident, 'frozen' | 'closed'>): boolean {
  return !frozen || frozen.closedMs !== closed?.atMs;
}

/** What the watch keeps of a service, beside its incidents. */
export type Watched = {
  readonly state: WatchState | null;
  /** The open incident, or the last one. */
  readonly incidentId?: string;
  /** Its images: what became of deploys. */
  readonly audit?: Audit;
  /** A person took it off the watch. */
  readonly unwatched?: { readonly by: string; readonly atMs: number };
};

/** What a person can do with an incident. */
export type Act =
  | { readonly kind: 'acknowledge' | 'resolve' | 'reopen' | 'split' }
  | { readonly kind: 'snooze'; readonly untilMs: number | null }
  | { readonly kind: 'not-a-leak'; readonly reason: string; readonly ceilingBytes: number; readonly bytesPerHour: number | null }
  /** To a thread that is there, or back to where its root is (a place that is none). `link`: the thread's address. */
  | { readonly kind: 'collect'; readonly place: Place; readonly link?: string };

/** Where evidence of an incident goes: the thread that it is collected in, else that of its root (or storm's message); null: not there yet. */
export function threadOf({ place }: Pick<Incident, 'place'>, root: OutboxEntry | null): Thread | null {
  if (place.threadTs) return { channel: place.channel, threadTs: place.threadTs };
  return root?.ts ? { channel: root.postedChannel ?? place.channel, threadTs: root.ts } : null;
}

/** The outbox key of the message that has it. */
export function rootKeyOf({ id, storm }: Pick<Incident, 'id' | 'storm'>): string {
  return storm ?? id;
}

export function isSamePlace(a: Place, b: Place): boolean {
  return a.channel === b.channel && a.threadTs === b.threadTs;
}

export type Versioned<T> = { readonly version: number; readonly value: T };

/** Both or none, and only if nobody wrote since they were read; version 0: there was none. */
export type Commit = {
  readonly serviceId: string;
  readonly watched: Versioned<Watched>;
  /** When the watch looks again, Unix ms; absent: as before. */
  readonly nextMs?: number;
  readonly incident?: Versioned<Incident>;
};

/** Port: the incidents and what the watch remembers. Closed ones live 90 days. Implemented in `store/`. */
export type Incidents = {
  watched(serviceId: string): Promise<Versioned<Watched>>;
  incident(id: string): Promise<Versioned<Incident> | null>;
  /** False when somebody else was faster: read again. */
  commit(change: Commit): Promise<boolean>;
  /** Not closed, oldest first. */
  open(): Promise<readonly Incident[]>;
  /** Of one service, newest first, at most `most`. */
  ofService(serviceId: string, most: number): Promise<readonly Incident[]>;
  /** Opened or closed since then, oldest first. */
  since(ms: number): Promise<readonly Incident[]>;
  /** Ids of those with something unsaid. */
  unsaid(): Promise<readonly string[]>;
  /** Of those that the archive has otherwise than they are the newest, at most `most`. */
  unfrozen(most: number): Promise<readonly Incident[]>;
};

/** Port: many leaks that begin at once are one message. Implemented in `store/`. */
export type Storms = {
  /**
   * A leak is to be said in a channel: the storm whose message has it, or null when it gets its own. `alone`: whatever comes, its own.
   * Said twice of one service (a worker died before it could keep the incident), it is one leak.
   */
  join(channel: string, leak: Pick<Incident, 'id' | 'service'>, alone: boolean, nowMs: number): Promise<string | null>;
  /** Ids of the incidents it has, in the order in which they came. */
  members(storm: string): Promise<readonly string[]>;
  /** Whether one may leave a storm in this channel now: one a minute. */
  mayLeave(channel: string, nowMs: number): Promise<boolean>;
};

/** Port: when the watch looks at which service. Implemented in `store/`. */
export type Rounds = {
  /** Of these services the ones to be looked at now (never looked at, or due), the longest due first; all others are forgotten. */
  due(serviceIds: readonly string[], nowMs: number): Promise<readonly string[]>;
  /** Whether it is time for something that is done once in so long, by whoever asks first. */
  turn(what: string, everyMs: number): Promise<boolean>;
  /** Runs `work` unless somebody else is at this service; null then. */
  alone<T>(serviceId: string, work: () => Promise<T>): Promise<T | null>;
};
