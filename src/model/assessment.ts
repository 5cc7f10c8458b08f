import type { HistoryNote } from './history-note.js';
import type { HostName } from './host.js';
import type { LedgerLine } from './ledger.js';
import type { Range } from './range.js';
import type { Replica, Run, ServiceRef } from './replica.js';
import type { Sample, Samples } from './sample.js';

/** The samples of one replica over a window, with the lives it had in it, and what is known of lives before and beside them. */
export type Series = {
  readonly replica: Replica;
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: Samples;
  readonly runs: readonly Run[];
  /** Lines of lives that have ended, oldest first, of this replica and its sisters: they reach back further than samples. */
  readonly ledger?: readonly LedgerLine[];
};

export type Verdict = 'leaking' | 'suspicious' | 'stable' | 'unknown';

/** Closed set: every reason has its sentence in `render/` and its detector in `analysis/`. */
export type Reason =
  /** leaking, suspicious */
  | 'steady-growth'
  /** leaking: several lives climb alike, whatever ends them (out of memory, deploys) */
  | 'restart-cycle'
  /** stable: only what the kernel can take back grows */
  | 'cache'
  /** stable or suspicious: memory follows traffic, CPU or the time of day */
  | 'load'
  /** stable: rises and comes back down to the same floor (collector, batch) */
  | 'sawtooth'
  /** stable: it filled, or moved to another level, and stays there */
  | 'plateau'
  | 'flat'
  /** unknown */
  | 'warm-up'
  | 'too-short'
  | 'no-data';

/** The parts of memory that can leak, and the page cache, which cannot. */
export type Part = 'anon' | 'shmem' | 'kernel' | 'file';

/** What was looked at and is not the cause; only what was measured is here. */
export type Exclusion =
  | { readonly cause: 'cache'; readonly changeBytes: number }
  /** Change of traffic or CPU over the time of growth, as a share: −0.3 is 30 % less. */
  | { readonly cause: 'load'; readonly of: 'net' | 'cpu'; readonly change: number }
  /** `usualMs`: how long this image took to settle in earlier lives, where it is known. */
  | { readonly cause: 'warm-up'; readonly upMs: number; readonly usualMs?: number };

/** The shape that explains the samples best: `analysis/shapes/` has a file for each, with its curve drawn. */
export type ShapeName = string;

/** What began near the onset: within minutes before it. */
export type Event = {
  readonly kind: 'deploy' | 'restart';
  readonly atMs: number;
  readonly image: string;
  /** Only of a deploy. */
  readonly previousImage?: string;
};

/** Several lives that climb alike. */
export type Cycle = {
  /** With the present one, where it is on the same way. */
  readonly lives: number;
  readonly oomKilled: number;
  /** What ends them: their limit, new images, or something else that starts them again. */
  readonly endedBy: 'out-of-memory' | 'deploys' | 'restarts';
  /** From a start to its end, the middle of them, ms. */
  readonly usualLifeMs: number;
};

export type { Range };

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
  /** Since when memory does what it does now (the last bend), where that is later than the window's start; Unix ms. */
  readonly presentSinceMs?: number;
  /** The deploy or restart that growth began with; absent when there is none near. */
  readonly onsetNear?: Event;
  /** The part that leaks, or that was judged. */
  readonly part?: Part;
  readonly not?: readonly Exclusion[];
  readonly cycle?: Cycle;
  /** It was at its limit in the first half of this life already, and lived: the limit is not where this one ends. */
  readonly atLimitBefore?: true;
  /** How sure growth is, natural log of how many times better the best leaking shape explains the samples than the best harmless one. */
  readonly evidence?: number;
  /** The same of growth that goes on against a rise that has ended, under the day that all lives share; absent where too little is known. */
  readonly goesOn?: number;
  /** What would tell more, for who can provide it; with `suspicious` and `unknown`. */
  readonly wouldHelp?: 'time' | 'a-whole-day' | 'cpu-and-net' | 'a-limit';
  /** The window that was really judged: within one life, usable samples only. */
  readonly window: { readonly fromMs: number; readonly toMs: number; readonly samples: number };
  /** The first sample of all lives that were looked at, Unix ms: how far back what is normal is known. */
  readonly historyFromMs?: number;
  /** Change over the window by memory part, bytes; a part never measured is absent. */
  readonly deltas: { readonly anon?: number; readonly file?: number; readonly shmem?: number; readonly kernel?: number };
  /** The newest sample, and the most that was ever used in the window (anon + shmem + kernel, bytes). */
  readonly latest?: Sample;
  readonly peakBytes?: number;
  /** The shape that won, and its course in at most 100 points of (Unix ms, bytes of `part`), in order; absent when nothing was fitted. */
  readonly shape?: ShapeName;
  readonly curve?: readonly { readonly t: number; readonly bytes: number }[];
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
  readonly onsetNear?: Event;
  /** Replicas that grow far more, or far less, than the others do. */
  readonly outliers: readonly Assessment[];
  /** Running replicas that gave nothing to judge. */
  readonly missing: readonly Assessment[];
  /** Hosts that had replicas of this service and give no samples now: a silent agent, or one with a problem, in its words. */
  readonly silentHosts: readonly SilentHost[];
  /** All the memory of the host of the replica that has most, bytes; absent where that is not known. Others live there, too. */
  readonly hostBytes?: number;
  /** What it rests on beside our own samples. */
  readonly history?: HistoryNote;
};
