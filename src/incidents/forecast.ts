import type { Forecast, View, WatchState } from '../model/watch.js';
import type { Urgency } from './level.js';
import type { Policy } from './policy.js';

/**
 * What was forecast, with one more look. A suspicion counts, since what grows is the same; nothing seen changes nothing; calm ends it
 * when it has lasted for longer than the growth before it, which noise does not.
 */
export function forecastNow(
  { forecast: before, endlessMs = Number.NEGATIVE_INFINITY }: Pick<WatchState, 'forecast' | 'endlessMs'>,
  { verdict }: View,
  urgency: Urgency,
  nowMs: number,
  policy: Policy,
): Forecast | undefined {
  const { leastMs, apart } = policy.forecast;
  if (verdict === 'unknown') return before;
  if (verdict === 'stable') {
    const isOver = before && nowMs - before.seenMs > Math.max(leastMs, before.seenMs - before.sinceMs);
    return isOver ? undefined : before;
  }
  if (!Number.isFinite(urgency.leftMs)) return before;
  const endMs = nowMs + urgency.leftMs;
  const expectedMs = before ? Math.max(0, before.endMs - nowMs) : 0;
  // What is suddenly so much nearer, or so much farther, is not what was seen before.
  const isAnother = urgency.leftMs < expectedMs / apart || urgency.leftMs > apart * expectedMs;
  if (before && isAnother) return { endMs, sinceMs: nowMs, seenMs: nowMs };
  // Who has not looked, or could not see, has nothing against it: growth that was there before the watch is not new.
  if (!before) return { endMs, sinceMs: Math.max(endlessMs, nowMs - urgency.lastedMs), seenMs: nowMs };
  const passedMs = Math.max(0, nowMs - before.seenMs);
  const towards = (endMs - before.endMs) * (1 - Math.exp(-passedMs / whileOf(urgency, policy)));
  return { endMs: before.endMs + towards, sinceMs: before.sinceMs, seenMs: nowMs };
}

/**
 * A leak's forecasts come true: at every look its end is at the same moment. What fills and bends puts it off, look by look, by as
 * much time as passes, or more; and what changes its mind has not been looked at for long enough.
 *
 *     end, as it was forecast
 *       |         .·'  fills: put off
 *       |      .·'
 *       |  .·'·  ·  ·  leaks: stays
 *       +------------- looks
 *
 * True where there is nothing to forecast, and where there is no time to wait for it.
 */
export function comesTrue(forecast: Forecast | undefined, urgency: Urgency, nowMs: number, policy: Policy): boolean {
  const { leftMs } = urgency;
  if (!forecast || leftMs <= policy.pageMs || !Number.isFinite(leftMs)) return true;
  const whileMs = whileOf(urgency, policy);
  const putOffMs = nowMs + leftMs - forecast.endMs;
  return nowMs - forecast.sinceMs >= whileMs && putOffMs <= policy.forecast.putOff * whileMs;
}

/** Of a forecast the last so many ms are held against now: a share of how long growth has lasted, or of what is left where that is less. */
function whileOf({ lastedMs, leftMs }: Urgency, { forecast }: Policy): number {
  return Math.max(forecast.leastMs, forecast.share * Math.min(lastedMs, leftMs));
}

/** It was seen, and there was no end to be forecast. */
export function isEndless({ verdict }: View, { leftMs }: Urgency): boolean {
  return verdict === 'stable' || (verdict === 'suspicious' && !Number.isFinite(leftMs));
}
