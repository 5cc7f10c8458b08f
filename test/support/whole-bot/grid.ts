import type { HistoryLine } from '../fake-engine/play.js';

type Told = HistoryLine['samples'][number];
type Line = HistoryLine & { readonly intervalSec: number };

/** A multiple of what roll-ups stand for: the same slots before and after. */
const SLOT_MS = 5 * 60_000;

/**
 * A history as an agent that sweeps every `everyMs` from `fromMs` on would have measured it, told with all that an engine tells: at
 * each sweep the newest reading of the present life that is not older than two of its own distances. All begin at the same time, so
 * that one agent can watch them.
 *
 *     readings   · ·  ·· ·  |· ·        · ·
 *     sweeps     |   |   |   |   |   |   |
 *     told       ·   ·   ·       ·       ·
 */
export function onGrid(line: Line, fromMs: number, everyMs: number): HistoryLine {
  const { id, limitBytes, samples, intervalSec, restarts = [] } = line;
  const first = samples[0]?.t ?? 0;
  const by = fromMs - Math.floor(first / SLOT_MS) * SLOT_MS;
  const starts = (line.runs ?? restarts.map((startedAt) => ({ startedAt }))).map((run) => ({
    ...run,
    startedAt: run.startedAt + by,
  }));
  const runs = starts.sort((a, b) => a.startedAt - b.startedAt).map((run, i) => ({ image: `${id}:1.${i}`, ...run }));
  const lastMs = (samples.at(-1)?.t ?? 0) + by;
  const told: Told[] = [];
  let at = 0;
  for (let t = fromMs + SLOT_MS; t <= lastMs; t += everyMs) {
    for (let next = samples[at + 1]; next && next.t + by <= t; next = samples[at + 1]) at += 1;
    const reading = samples[at];
    const bornMs = runs.findLast(({ startedAt }) => startedAt <= t)?.startedAt ?? Number.NEGATIVE_INFINITY;
    const readMs = (reading?.t ?? 0) + by;
    if (reading && readMs <= t && readMs >= bornMs && t - readMs <= 2_000 * intervalSec) told.push(asEngine(reading, t));
  }
  const firstMs = told[0]?.t ?? fromMs;
  const isBegun = runs.some(({ startedAt }) => startedAt <= firstMs);
  const before = isBegun ? [] : [{ startedAt: firstMs, image: `${id}:1` }];
  return { id, limitBytes, intervalSec: everyMs / 1_000, samples: told, runs: [...before, ...runs] };
}

/** An engine counts CPU and processes of everybody, and what the kernel holds. */
function asEngine({ usage, anon, file, workingSet, inactiveFile, shmem, kernel, ...counters }: Told, t: number): Told {
  const { cpuNanos = 0, netRxBytes, netTxBytes, pids = 1 } = counters;
  const net =
    netRxBytes === undefined && netTxBytes === undefined ? {} : { netRxBytes: netRxBytes ?? 0, netTxBytes: netTxBytes ?? 0 };
  const inactive = inactiveFile ?? Math.max(0, (usage ?? 0) - (workingSet ?? usage ?? 0));
  return {
    ...{ t, usage, anon, file, inactiveFile: inactive, cpuNanos, pids, ...net },
    ...(shmem === undefined ? {} : { shmem }),
    kernel: kernel ?? Math.max(0, (usage ?? 0) - (anon ?? 0) - (file ?? 0)),
  };
}
