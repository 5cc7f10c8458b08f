import type { ServiceAssessment } from './assessment.js';

/** How loudly something is said: `page` wakes somebody, `message` is a root message in the channel, `digest` a line in the morning. */
export type Level = 'page' | 'message' | 'digest';

/** What the watch sees of a service at one moment. */
export type View = Pick<ServiceAssessment, 'verdict' | 'reason' | 'growthBytesPerHour' | 'soonest' | 'replicas'>;

/** What the watch would say now. Rates in bytes per hour, times in Unix ms. */
export type WatchEvent = {
  readonly event: 'alert' | 'update' | 'resolve';
  readonly level: Level;
  readonly verdict: View['verdict'];
  readonly reason: View['reason'];
  readonly growthBytesPerHour: number | null;
  readonly limitAtMs: number | null;
};
