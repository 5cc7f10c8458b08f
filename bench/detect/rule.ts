import type { Verdict } from '../../src/model/assessment.js';
import type { CorpusLine } from './corpus.js';

/** What a detector says of a series at its last sample. Bytes per hour, Unix ms; null: it does not say. */
export type Answer = {
  readonly verdict: Verdict;
  readonly growthBytesPerHour: number | null;
  readonly growthLow: number | null;
  readonly growthHigh: number | null;
  readonly limitAtMs: number | null;
};

/** A published rule, as a function of what it is given: it has no memory from one look to the next. */
export type Rule = (line: CorpusLine) => Answer;

const NOTHING = { growthBytesPerHour: null, growthLow: null, growthHigh: null, limitAtMs: null };
/** It cannot judge this: too few samples, or no limit where it needs one. */
export const UNKNOWN: Answer = { verdict: 'unknown', ...NOTHING };
/** It does not fire. */
export const QUIET: Answer = { verdict: 'stable', ...NOTHING };

export const HOUR_MS = 3_600_000;

/** [hours before the series' end, bytes]: what simple-statistics fits lines through; a line's `b` is then the level now. */
export type Points = number[][];

/** The memory that a rule looks at. `anon` is what others call RSS: no page cache in it. */
export type Signal = 'anon' | 'workingSet';

export function endOf({ samples }: CorpusLine): number {
  return samples.at(-1)?.t ?? 0;
}

/** Starts that the engine told of, up to the end, Unix ms, in order. */
export function startsOf(line: CorpusLine): number[] {
  const starts = line.restarts ?? line.runs?.map(({ startedAt }) => startedAt) ?? [];
  const end = endOf(line);
  return starts.filter((t) => t <= end).sort((a, b) => a - b);
}

/** What was measured of `signal` from `fromMs` (Unix ms) on. */
export function pointsOf(line: CorpusLine, signal: Signal, fromMs = Number.NEGATIVE_INFINITY): Points {
  const end = endOf(line);
  const points: Points = [];
  for (const sample of line.samples) {
    const bytes = sample[signal];
    if (sample.t >= fromMs && typeof bytes === 'number') points.push([(sample.t - end) / HOUR_MS, bytes]);
  }
  return points;
}

/** The present life: since the last start. */
export function presentLife(line: CorpusLine, signal: Signal): Points {
  return pointsOf(line, signal, startsOf(line).at(-1));
}

/** It fires: growth, and when a line from `levelNow` reaches the limit. */
export function firing(line: CorpusLine, bytesPerHour: number, levelNow: number, low?: number, high?: number): Answer {
  const left = line.limitBytes === null ? null : Math.max(0, line.limitBytes - levelNow);
  return {
    verdict: 'leaking',
    growthBytesPerHour: bytesPerHour,
    growthLow: low ?? null,
    growthHigh: high ?? null,
    limitAtMs: left === null || bytesPerHour <= 0 ? null : endOf(line) + (left / bytesPerHour) * HOUR_MS,
  };
}
