import type { Gap, Heartbeat } from '../src/model/host.js';

/** How far back gaps are told of. */
const LOOK_BACK_MS = 3_600_000;
/** One sweep that is missed is a late one; from two on there is a hole in what was measured. A choice. */
const GAP_SWEEPS = 3;
const LEAST_GAP_MS = 10_000;
/** They travel in every sign of life: the newest are enough to be counted. */
const MAX_GAPS = 30;

/**
 * The holes in what a host measured, by the times of its sweeps.
 *
 *     sweeps   | | | | |           | | | |   |
 *     gaps             |___________|             two or more missed in a row
 */
export type Gaps = {
  /** All containers were swept, or there was none to sweep. */
  swept(atMs: number): void;
  /** Those that ended within the last hour, oldest first. */
  recent(nowMs: number): Gap[];
};

/** `before` is what the agent before this one said last: the time until this one came is a gap too. */
export function makeGaps(sampleSeconds: number, before?: Heartbeat): Gaps {
  const longestMs = Math.max(LEAST_GAP_MS, GAP_SWEEPS * sampleSeconds * 1000);
  let gaps: readonly Gap[] = before?.gaps ?? [];
  let lastMs = before?.problem === undefined ? before?.seenAtMs : before.lastSweepMs;

  return {
    swept(atMs) {
      if (lastMs !== undefined && atMs - lastMs >= longestMs) gaps = [...gaps, { fromMs: lastMs, toMs: atMs }].slice(-MAX_GAPS);
      lastMs = Math.max(atMs, lastMs ?? atMs);
    },
    recent(nowMs) {
      gaps = gaps.filter(({ toMs }) => nowMs - toMs < LOOK_BACK_MS);
      return [...gaps];
    },
  };
}
