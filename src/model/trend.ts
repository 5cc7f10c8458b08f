import type { Event, Range } from './assessment.js';
import type { Replica } from './replica.js';

/** What the memory of one replica did over a window, all of its lives in it. Bytes as `usedOf` counts them: no page cache. */
export type ReplicaTrend = {
  readonly replica: Replica;
  /** The first and the last sample in the window, Unix ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Of its beginning and of its end, a thirtieth of the time each. */
  readonly fromBytes: number;
  readonly toBytes: number;
  /** A straight line through all of it, restarts and all; absent when there is too little of it. */
  readonly growthBytesPerHour?: Range;
  readonly peak: { readonly bytes: number; readonly atMs: number };
  /** Time in it that no samples speak of, ms. */
  readonly holesMs: number;
};

/** A service over a window: the middle of its replicas, the highest of them, and what happened. */
export type ServiceTrend = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly fromBytes: number;
  readonly toBytes: number;
  readonly growthBytesPerHour?: Range;
  readonly peak: ReplicaTrend['peak'] & { readonly replica: Replica };
  readonly holesMs: number;
  /** Replicas that these numbers are the middle of: those that were there nearly all the time. */
  readonly whole: number;
};

/** What happened to a service within a window. A deploy is counted once, however many replicas get it. */
export type Happened = {
  readonly deploys: readonly Event[];
  readonly restarts: number;
  /** Of containers, and of processes in containers that stayed up. */
  readonly oomKills: number;
};
