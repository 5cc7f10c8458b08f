import type { Alert } from './alert.js';
import type { DeployAudit } from './audit.js';
import type { Range } from './range.js';
import type { WatchEvent } from './watch.js';

/** Where everything about an incident goes. With `threadTs` a thread that is there already; without, its own root message begins one. */
export type Place = { readonly channel: string; readonly threadTs?: string };

/** Two images, and where what changed between them can be read (https, checked), where their labels say it. */
export type Deployed = { readonly image: string; readonly previousImage: string; readonly compareUrl?: string };

/** A thread that is there. */
export type Thread = Required<Place>;

/** What happened to an open incident: rendered into its thread, kept as a `Moment`. Rates in bytes per hour, times in Unix ms. */
export type News =
  | { readonly kind: 'alert' | 'update' | 'page'; readonly atMs: number; readonly event: WatchEvent }
  /** `deployed`: there was a new image since it opened, which was no fix. */
  | { readonly kind: 'resolve'; readonly atMs: number; readonly event: WatchEvent; readonly deployed?: true }
  /** `count`: in all since the incident opened; `replica`: the last one's name. `back`: it runs again. */
  | {
      readonly kind: 'oom-kill' | 'child-kill';
      readonly atMs: number;
      readonly replica: string;
      readonly count: number;
      readonly back: boolean;
    }
  | {
      readonly kind: 'restart';
      readonly atMs: number;
      readonly replica: string;
      readonly count: number;
      readonly exitCode?: number;
    }
  | ({ readonly kind: 'deploy'; readonly atMs: number } & Deployed)
  | ({
      readonly kind: 'fixed' | 'not-fixed';
      readonly atMs: number;
      /** Per replica, before the deploy and after it. */
      readonly before: number | null;
      readonly after: Range;
    } & Deployed)
  /** What became of a deploy from before it opened; said in the thread when that is worse. */
  | { readonly kind: 'audit'; readonly atMs: number; readonly audit: DeployAudit }
  | { readonly kind: 'acknowledge' | 'resolve-by' | 'reopen' | 'split'; readonly atMs: number; readonly by: string }
  /** `link`: the address of the thread that evidence goes to from now on; `from`: the one it went to, unless that was its root's own. */
  | {
      readonly kind: 'collect';
      readonly atMs: number;
      readonly by: string;
      readonly service: string;
      readonly link?: string;
      readonly from?: Thread;
    }
  /** No container of its service is there since then. */
  | { readonly kind: 'gone'; readonly atMs: number; readonly sinceMs: number; readonly growthBytesPerHour: number | null }
  /** Nobody looks at its service any more: `by` took it off the watch; absent: it is ignored. */
  | { readonly kind: 'unwatched'; readonly atMs: number; readonly by?: string }
  /** Somebody else's alert about the same service fires, or does not any more. */
  | { readonly kind: 'alarm'; readonly atMs: number; readonly alert: Alert }
  | { readonly kind: 'snooze-over'; readonly atMs: number; readonly growthBytesPerHour: number | null }
  | { readonly kind: 'snooze'; readonly atMs: number; readonly by: string; readonly untilMs: number | null }
  | {
      readonly kind: 'not-a-leak';
      readonly atMs: number;
      readonly by: string;
      readonly reason: string;
      readonly ceilingBytes: number;
      /** Faster than this is said all the same; null: at any rate. */
      readonly bytesPerHour: number | null;
    };

/** One thing that happened, for the report. `by`: the person (a Slack user id) who did it; `words`: plain text, not escaped. */
export type Moment = { readonly atMs: number; readonly kind: MomentKind; readonly by?: string; readonly words: string };
/** `evidence`: what a heap said; `no-heap`: why there is none. */
export type MomentKind = News['kind'] | 'evidence' | 'no-heap';
