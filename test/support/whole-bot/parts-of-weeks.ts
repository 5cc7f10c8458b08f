import type { GeneratedSeries } from '../../../bench/generate/simulate.js';
import type { HistoryLine } from '../fake-engine/play.js';

const HOUR_MS = 3_600_000;
type Run = NonNullable<HistoryLine['runs']>[number];

/** A life is begun again within so long of its kill. */
const BACK_MS = 2 * 60_000;

/** The starts of a generated week as its maker knows them: after a kill the same image runs again, every other start is a deploy. */
export function withKills({ restarts = [], ...line }: GeneratedSeries): GeneratedSeries {
  const { id, samples, truth } = line;
  const runs = [{ startedAt: samples[0]?.t ?? 0, image: `${id}:1`, oomKilled: false }];
  for (const startedAt of restarts) {
    const before = runs.at(-1);
    const killed = truth.ooms.some((ms) => startedAt >= ms && startedAt - ms < BACK_MS);
    if (before && killed) before.oomKilled = true;
    runs.push({ startedAt, image: killed ? (before?.image ?? '') : `${id}:${runs.length + 1}`, oomKilled: false });
  }
  return { ...line, runs };
}

/** The hours `fromH` … `toH` of a history, told as of `atMs` on: a week in less time. The life that it begins in began when it did. */
export function cut(line: HistoryLine, fromH: number, toH: number, atMs: number): HistoryLine {
  const by = -fromH * HOUR_MS;
  const [fromMs, toMs] = [atMs, atMs + (toH - fromH) * HOUR_MS];
  const moved = runsOf(line).map((run) => ({ ...run, startedAt: run.startedAt + by }));
  const first = Math.max(
    0,
    moved.findLastIndex(({ startedAt }) => startedAt <= fromMs),
  );
  return {
    ...line,
    samples: line.samples.map((one) => ({ ...one, t: one.t + by })).filter(({ t }) => t >= fromMs && t < toMs),
    runs: moved.slice(first).filter(({ startedAt }) => startedAt < toMs),
  };
}

/** A new image takes the place of what runs, and holds from then on what another history holds: a deploy that changes everything. */
export function followedBy(line: HistoryLine, next: HistoryLine): HistoryLine {
  const endMs = line.samples.at(-1)?.t ?? 0;
  const by = endMs + 1_000 * (line.intervalSec ?? 0) - (next.samples[0]?.t ?? 0);
  const runs = runsOf(next).map((run, i) => ({
    ...run,
    image: `${line.id}:2.${i}`,
    startedAt: Math.max(endMs + 1, run.startedAt + by),
  }));
  return {
    ...line,
    samples: [...line.samples, ...next.samples.map((one) => ({ ...one, t: one.t + by }))],
    runs: [...runsOf(line), ...runs],
  };
}

function runsOf({ runs }: HistoryLine): readonly Run[] {
  return runs ?? [];
}
