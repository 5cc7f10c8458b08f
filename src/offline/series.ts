import type { Series } from '../model/assessment.js';
import type { LedgerLine } from '../model/ledger.js';
import type { Replica, Run } from '../model/replica.js';
import type { Sample } from '../model/sample.js';
import type { History } from './decode-line.js';
import { livesAt } from './decode-runs.js';

type Lives = { readonly runs: readonly Run[]; readonly present: Run };

/** What of a history is seen at a time, with these of its samples. Its service has the line's id, one replica and no host. */
export function seriesOf(
  history: History,
  samples: readonly Sample[],
  fromMs: number,
  nowMs: number,
  lives?: Lives,
  ledger?: readonly LedgerLine[],
): Series {
  const { runs, present } = lives ?? livesAt(history.lives, nowMs);
  return { replica: replicaOf(history, present), fromMs, toMs: nowMs, samples, runs, ...(ledger ? { ledger } : {}) };
}

export function keyOf({ id }: History): string {
  return `offline/${id}/1`;
}

function replicaOf(history: History, run: Run): Replica {
  const { id, limitBytes } = history;
  return {
    key: keyOf(history),
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
