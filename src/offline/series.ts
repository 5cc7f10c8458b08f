import type { Series } from '../model/assessment.js';
import type { Replica, Run } from '../model/replica.js';
import type { Sample } from '../model/sample.js';
import { keyOf } from './decode-ledger.js';
import type { History } from './decode-line.js';
import { livesAt } from './decode-runs.js';

type Lives = { readonly runs: readonly Run[]; readonly present: Run };

/** What of a history is seen at a time, with these of its samples. Its service has the line's id, one replica and no host. */
export function seriesOf(history: History, samples: readonly Sample[], fromMs: number, nowMs: number, lives?: Lives): Series {
  const { runs, present } = lives ?? livesAt(history.lives, nowMs);
  const replica = replicaOf(history, present);
  const { ledger } = history;
  if (!ledger) return { replica, fromMs, toMs: nowMs, samples, runs };
  return { replica, fromMs, toMs: nowMs, samples, runs, ledger: ledger.filter(({ endedAtMs }) => endedAtMs <= nowMs) };
}

function replicaOf({ id, limitBytes }: History, run: Run): Replica {
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
