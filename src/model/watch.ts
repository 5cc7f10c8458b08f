import type { ServiceAssessment } from './assessment.js';
import type { DeployAudit } from './audit.js';

/** How loudly something is said: `page` wakes somebody, `message` is a root message in the channel, `digest` a line in the morning. */
export type Level = 'page' | 'message' | 'digest';

/** What the watch sees of a service at one moment. */
export type View = Pick<
  ServiceAssessment,
  'verdict' | 'reason' | 'growthBytesPerHour' | 'soonest' | 'fastest' | 'replicas' | 'hostBytes'
>;

/** What the watch would say now. Rates in bytes per hour, times in Unix ms. */
export type WatchEvent = {
  readonly event: 'alert' | 'update' | 'resolve';
  readonly level: Level;
  readonly verdict: View['verdict'];
  readonly reason: View['reason'];
  readonly growthBytesPerHour: number | null;
  readonly limitAtMs: number | null;
  /** The deploy that made it so; in the digest. */
  readonly audit?: DeployAudit;
};

/** One leak that was said: how loudly, and what was said of it last. */
export type OpenIncident = {
  readonly level: Exclude<Level, 'digest'>;
  readonly openedMs: number;
  readonly saidMs: number;
  readonly said: { readonly growthBytesPerHour: number | null; readonly limitAtMs: number | null };
  /** How long it had grown when it was said, ms: as long as that, calm has to last. */
  readonly lastedMs: number;
  /** The images that leaked. When others run in their place, calm that lasts as long is a fix. */
  readonly images: readonly string[];
  /** Since when it has been calm without a break; absent while it is not. */
  readonly calmSinceMs?: number;
};

/** *Not a leak*: quiet up to a ceiling, until a third new image. */
export type Quiet = {
  readonly ceilingBytes: number;
  /** Faster than this is said all the same; null: at any rate. */
  readonly bytesPerHour: number | null;
  /** The images that were there when it was said, and the new ones since. */
  readonly images: readonly string[];
  readonly newImages: readonly string[];
};

/** The end that was forecast while it grew, Unix ms. */
export type Forecast = {
  /** Out of memory, by the looks of the last while. */
  readonly endMs: number;
  /** The first of the looks that agree, and the last one that had a forecast. */
  readonly sinceMs: number;
  readonly seenMs: number;
};

/** What the watch remembers of a service between two looks: plain JSON. */
export type WatchState = {
  readonly lookedMs: number;
  /** How much of the recent past was leaking, 0…1: over minutes to hours, and over half a day. */
  readonly quick: number;
  readonly slow: number;
  readonly forecast?: Forecast;
  /** When it was last seen and had no end to be forecast, Unix ms; absent where it never was. */
  readonly endlessMs?: number;
  readonly incident?: OpenIncident;
  readonly digestMs?: number;
  readonly quiet?: Quiet;
};
