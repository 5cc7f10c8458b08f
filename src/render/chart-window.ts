import type { Series, ServiceAssessment } from '../model/assessment.js';
import { SampleTable } from '../model/sample-table.js';
import type { Ending } from './chart-ending.js';

/** A shorter picture would not show what was usual. */
const LEAST_MS = 6 * 3_600_000;
/** Of what is over: a third of the picture is how it was before, the rest is growth and the calm after it. Choices. */
const OVER = { times: 1.5, leastMs: 30 * 60_000 };
/** Of the time since memory began to do what it does now: a quarter of the picture is that, the rest is how it was before. A choice. */
const TIMES = 4;

/**
 * Where a picture begins when nobody asked for a window (Unix ms): as far back as tells something, not all that is looked at.
 *
 *     looked at   |______________________________________/|
 *     drawn                                  |__________/|
 *                                             3 parts   1 part
 */
export function chartFromMs(sinceMs: number | undefined, windowFromMs: number, nowMs: number): number {
  const lastedMs = sinceMs !== undefined && Number.isFinite(sinceMs) ? nowMs - sinceMs : 0;
  return Math.max(windowFromMs, nowMs - Math.max(LEAST_MS, TIMES * lastedMs));
}

/** The series cut to that, all at the same time, lives that were over before it too: since the growth began, or since the replica that is drawn does what it does. With an `ending`: the whole incident. */
export function chartedSeries(
  assessment: ServiceAssessment,
  series: readonly Series[],
  nowMs: number,
  ending?: Ending,
): Series[] {
  const { onsetMs, soonest, fastest } = assessment;
  const sinceMs = onsetMs ?? (soonest ?? fastest)?.presentSinceMs;
  const overMs = ending && nowMs - Math.max(OVER.leastMs, OVER.times * (nowMs - ending.sinceMs));
  return series.map((one) => {
    const fromMs = overMs === undefined ? chartFromMs(sinceMs, one.fromMs, nowMs) : Math.max(one.fromMs, overMs);
    const runs = one.runs.filter(({ endedAtMs }) => endedAtMs === undefined || endedAtMs >= fromMs);
    return { ...one, fromMs, runs, samples: SampleTable.of(one.samples).between(fromMs) };
  });
}
