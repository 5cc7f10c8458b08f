import type { View } from '../model/incident.js';

const CALM_MS = 5 * 60_000;
const MOVING_MS = 60_000;
/** What has more time than this left does not move within minutes. A choice. */
const SOON_MS = 24 * 60 * 60_000;

/**
 * When the watch looks at a service again, Unix ms: every five minutes while all is calm, every minute while something moves, that is
 * while it cannot be told yet, or while it grows and would be out of memory within a day.
 *
 *     |    |    |    |||||||||||||||||    |    |
 *      stable       out of memory soon   stable
 */
export function nextTickMs(nowMs: number, { verdict, soonest }: Pick<View, 'verdict' | 'soonest'>): number {
  const growing = verdict === 'leaking' || verdict === 'suspicious';
  const soon = (soonest?.limitAtMs?.value ?? Number.POSITIVE_INFINITY) - nowMs < SOON_MS;
  return nowMs + (verdict === 'unknown' || (growing && soon) ? MOVING_MS : CALM_MS);
}
