import type { View, WatchState } from '../model/watch.js';

const MINUTE = 60_000;
const CALM_MS = 5 * MINUTE;
const MOVING_MS = MINUTE;
/** Where minutes count: what is out of memory within the hour, what has just started, what was said after minutes of growth. */
const QUICK_MS = MINUTE / 4;
/** What has more time than this left does not move within minutes. A choice. */
const SOON_MS = 24 * 60 * MINUTE;
const NOW_MS = 60 * MINUTE;
const YOUNG_MS = 10 * MINUTE;

/**
 * When the watch looks at a service again, Unix ms: every five minutes while all is calm, every minute while something moves (it
 * cannot be told yet, or an incident is open, or it would be out of memory within a day), every quarter where minutes count.
 *
 *     |    |    |    |  |  |  |||||||||  |  |    |    |
 *      stable         soon     now      fixed?   stable
 */
export function nextTickMs(
  nowMs: number,
  { verdict, soonest, replicas }: Pick<View, 'verdict' | 'soonest' | 'replicas'>,
  state: WatchState | null,
): number {
  const growing = verdict === 'leaking' || verdict === 'suspicious';
  const leftMs = growing ? (soonest?.limitAtMs?.value ?? Number.POSITIVE_INFINITY) - nowMs : Number.POSITIVE_INFINITY;
  const young = verdict === 'unknown' && replicas.some(({ replica: { run } }) => nowMs - run.startedAtMs < YOUNG_MS);
  const incident = state?.incident;
  if (young || leftMs < NOW_MS || (incident && incident.lastedMs < YOUNG_MS)) return nowMs + QUICK_MS;
  return nowMs + (verdict === 'unknown' || leftMs < SOON_MS || incident ? MOVING_MS : CALM_MS);
}
