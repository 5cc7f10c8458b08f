import type { Series } from '../model/assessment.js';
import type { LedgerLine } from '../model/ledger.js';
import type { Run } from '../model/replica.js';
import type { Sample, Samples } from '../model/sample.js';

/** Of so many of the newest samples the usual distance is taken. */
const RECENT = 20;

/**
 * A series in the form that `leakwatch assess` and `replay` read (`decode-line.ts`; a test has them agree): what analysis is given
 * live, it is given there. An object that is one JSON line. `intervalSec` is that of the newest samples; with fewer than two it is
 * absent, as is whatever was not measured.
 */
export function encodeSeries({ replica, samples, runs, ledger = [] }: Series, id: string = replica.key) {
  const intervalSec = intervalOf(samples);
  return {
    id,
    ...(intervalSec === null ? {} : { intervalSec }),
    limitBytes: replica.limitBytes,
    samples: [...samples].map(encodeSample),
    runs: livesIn(runs, replica.run).map(encodeRun),
    ...(ledger.length > 0 ? { ledger: ledger.map((line) => encodeLedgerLine(line, replica.key)) } : {}),
  };
}

/** `file` is the kernel's, with shared memory in it; the working set is what `docker stats` shows. */
function encodeSample(sample: Sample) {
  const { t, usage, anon, file, inactiveFile, shmem, kernel, limit, cpuNanos, netRxBytes, netTxBytes } = sample;
  const { leastAnon, leastKernel, leastShmem } = sample;
  const workingSet = usage === undefined || inactiveFile === undefined ? undefined : Math.max(0, usage - inactiveFile);
  return {
    ...{ t, usage, anon, file: file === undefined ? undefined : file + (shmem ?? 0), workingSet, inactiveFile, shmem, kernel },
    ...{ limit, cpuNanos, netRxBytes, netTxBytes, leastAnon, leastKernel, leastShmem },
  };
}

/** The list of runs may be a look behind the replica itself. */
function livesIn(runs: readonly Run[], present: Run): Run[] {
  const byStart = new Map([present, ...runs].map((run) => [run.startedAtMs, run]));
  return [...byStart.values()].sort((a, b) => a.startedAtMs - b.startedAtMs);
}

function encodeRun({ startedAtMs, endedAtMs, image, imageId, oomKilled, exitCode }: Run) {
  return { startedAt: startedAtMs, endedAt: endedAtMs, image, imageId, oomKilled, exitCode };
}

/** Lines of the replica itself do not name it: its id may be another one in this line. */
function encodeLedgerLine({ replica, containerId: _, startedAtMs, endedAtMs, ...rest }: LedgerLine, own: string) {
  return { ...(replica === own ? {} : { replica }), startedAt: startedAtMs, endedAt: endedAtMs, ...rest };
}

function intervalOf(samples: Samples): number | null {
  const recent = [...samples].slice(-RECENT);
  const gaps = recent.slice(1).map(({ t }, i) => t - (recent[i]?.t ?? t));
  const middle = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
  return middle === undefined ? null : middle / 1_000;
}
