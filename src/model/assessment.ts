import type { HostName } from './host.js';
import type { Replica, Run, ServiceRef } from './replica.js';
import type { Sample } from './sample.js';

/** The samples of one replica over a window, with the lives it had in it. */
export type Series = {
  readonly replica: Replica;
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: readonly Sample[];
  readonly runs: readonly Run[];
};

export type Verdict = 'leaking' | 'suspicious' | 'stable' | 'unknown';

/** Closed set: every reason has its sentence in `render/` and its detector in `analysis/`. */
export type Reason = 'steady-growth' | 'restart-cycle' | 'cache' | 'flat' | 'warm-up' | 'too-short' | 'no-data';

/** An estimate with the range that holds the truth 95 times in 100. */
export type Range = { readonly value: number; readonly low: number; readonly high: number };

/** What analysis says of one replica. Missing data is `unknown`, never `stable`; no field is ever NaN or infinite. */
export type Assessment = {
  readonly replica: Replica;
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** One sentence, plain text. */
  readonly explanation: string;
  /** Slope of the leaking part, bytes per hour; absent when it could not be estimated. */
  readonly growthBytesPerHour?: Range;
  /** When anon reaches the limit, Unix ms; absent without a limit or without growth. `high` absent: may never. */
  readonly limitAtMs?: { readonly value: number; readonly low: number; readonly high?: number };
  readonly onsetMs?: number;
  /** The window that was really judged: within one life, usable samples only. */
  readonly window: { readonly fromMs: number; readonly toMs: number; readonly samples: number };
  /** Change over the window by memory part, bytes; a part never measured is absent. */
  readonly deltas: { readonly anon?: number; readonly file?: number; readonly shmem?: number; readonly kernel?: number };
  /** The newest sample, and the most that was ever used in the window (anon + shmem + kernel, bytes). */
  readonly latest?: Sample;
  readonly peakBytes?: number;
  /** The fitted line, two points of (Unix ms, bytes of anon); absent when nothing was fitted. */
  readonly line?: readonly [{ readonly t: number; readonly bytes: number }, { readonly t: number; readonly bytes: number }];
  /** Unix ms by which more could be said if sampling goes on; only with `unknown`. */
  readonly answerByMs?: number;
};

export type SilentHost = { readonly host: HostName; readonly sinceMs: number; readonly problem?: string };

/** The service's assessment over those of its replicas. */
export type ServiceAssessment = {
  readonly service: ServiceRef;
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly explanation: string;
  readonly replicas: readonly Assessment[];
  /** How many of the judged replicas grow, and who they have in common. */
  readonly growing: number;
  readonly scope: 'code' | 'host' | 'replica' | 'none';
  /** Per replica: the median of the growing replicas' slopes (all replicas' when none grows). */
  readonly growthBytesPerHour?: Range;
  /** The replica that is out of memory first. */
  readonly soonest?: Assessment;
  readonly fastest?: Assessment;
  readonly slowest?: Assessment;
  readonly onsetMs?: number;
  /** Hosts that had replicas of this service and give no samples now: a silent agent, or one with a problem, in its words. */
  readonly silentHosts: readonly SilentHost[];
};
