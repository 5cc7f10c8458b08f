import type { Series } from '../model/assessment.js';
import type { LedgerLine } from '../model/ledger.js';
import type { Replica, Run } from '../model/replica.js';
import type { Samples } from '../model/sample.js';
import { keyOf } from './decode-ledger.js';
import type { History } from './decode-line.js';
import { livesAt } from './decode-runs.js';

type Lives = { readonly runs: readonly Run[]; readonly present: Run };

/** What of a history is seen at a time, with these of its samples. Its service has the line's id, one replica and no host. */
export function seriesOf(
  history: History,
  samples: Samples,
  fromMs: number,
  nowMs: number,
  lives?: Lives,
  ledger?: readonly LedgerLine[],
): Series {
  const { runs, present } = lives ?? livesAt(history.lives, nowMs);
  // A line that brings its ledger knows more of the lives before than its own runs tell.
  const known = history.ledger?.filter(({ endedAtMs }) => endedAtMs <= nowMs) ?? ledger;
  return { replica: replicaOf(history, present), fromMs, toMs: nowMs, samples, runs, ...(known ? { ledger: known } : {}) };
}

function replicaOf(history: History, run: Run): Replica {
  const { id, limitBytes } = history;
  return {
    key: keyOf(id),
    host: 'offline',
    service: { id, name: id },
    number: 1,
    containerName: id,
    limitBytes,
    running: true,
    run,
    labels: {},
  };
}
