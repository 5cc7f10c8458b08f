import type { Remembered } from '../model/history.js';
import type { Run } from '../model/replica.js';
import type { Samples } from '../model/sample.js';
import { SampleTable } from '../model/sample-table.js';

/** One tells when a container was made, the other when it was started. */
const SAME_START_MS = 5_000;

/**
 * Our own samples, and before the first of them what somebody else remembers: from then on only our own count, which are finer and have
 * more parts. `fromMs`: nothing before it is wanted.
 *
 *     theirs   ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
 *     own               ▓▓▓▓▓▓▓▓
 *     joined   ▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓
 */
export function joinHistory(
  own: { readonly samples: Samples; readonly runs: readonly Run[] },
  theirs: Remembered,
  fromMs: number,
): { readonly samples: Samples; readonly runs: readonly Run[]; readonly theirFromMs?: number } {
  const before = SampleTable.of(theirs.samples).between(fromMs, own.samples.at(0)?.t);
  const first = before.at(0);
  if (!first) return own;
  const samples = before.followedBy(SampleTable.of(own.samples));
  return { samples, runs: joinRuns(own.runs, theirs.runs), theirFromMs: first.t };
}

/** Lives that began before all that we know of; the last of them ended at the latest when ours began. */
function joinRuns(own: readonly Run[], theirs: readonly Run[]): readonly Run[] {
  const [first] = own;
  if (!first) return theirs;
  const before = theirs.filter(({ startedAtMs }) => startedAtMs < first.startedAtMs - SAME_START_MS);
  const bounded = before.map((run) => {
    const endedAtMs = Math.min(run.endedAtMs ?? first.startedAtMs, first.startedAtMs);
    return { ...run, endedAtMs };
  });
  return [...bounded, ...own];
}
