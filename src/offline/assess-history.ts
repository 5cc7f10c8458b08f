import { assess } from '../analysis/assess.js';
import type { History } from './decode-line.js';
import { seriesOf } from './series.js';

/** A history judged at the time of its last sample, in the form that `leakwatch assess` prints. Rates in bytes per hour, times in Unix ms. */
export function assessHistory(history: History) {
  const { id, samples, lives } = history;
  const nowMs = samples.at(-1)?.t ?? lives.at(-1)?.startedAtMs ?? 0;
  const { verdict, reason, explanation, growthBytesPerHour, onsetMs, limitAtMs } = assess(
    seriesOf(history, samples, samples.at(0)?.t ?? nowMs, nowMs),
    nowMs,
  );
  return {
    id,
    verdict,
    reason,
    explanation,
    growthBytesPerHour: growthBytesPerHour?.value ?? null,
    growthLow: growthBytesPerHour?.low ?? null,
    growthHigh: growthBytesPerHour?.high ?? null,
    onsetMs: whole(onsetMs),
    limitAtMs: whole(limitAtMs?.value),
    limitAtLowMs: whole(limitAtMs?.low),
    limitAtHighMs: whole(limitAtMs?.high),
  };
}

export function whole(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.round(ms);
}
