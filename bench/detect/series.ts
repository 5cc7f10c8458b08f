import type { Series } from '../../src/model/assessment.js';
import { ledgerOf } from '../../src/offline/decode-ledger.js';
import type { History } from '../../src/offline/decode-line.js';
import { livesOf } from '../../src/offline/decode-runs.js';
import { decodeSamples, limitFrom } from '../../src/offline/decode-samples.js';
import { seriesOf as seriesAt } from '../../src/offline/series.js';
import type { CorpusLine } from './corpus.js';
import { endOf } from './rule.js';

/** A corpus line as `leakwatch assess` reads one: the label and the truth are not in it. */
export function historyOf({ id, limitBytes, samples: told, runs, restarts = [], ledger }: CorpusLine): History {
  const { samples, leftOut } = decodeSamples(told);
  const starts = runs ?? restarts.map((startedAt) => ({ startedAt }));
  return {
    ...{ id, limitBytes: limitFrom(limitBytes) ?? null, samples, lives: livesOf(starts, samples.at(0)?.t ?? null), leftOut },
    ...(ledger ? { ledger: ledgerOf(ledger, id) } : {}),
  };
}

/** All of it, as analysis sees it at its last sample. */
export function seriesOf(line: CorpusLine): Series {
  const history = historyOf(line);
  return seriesAt(history, history.samples, history.samples.at(0)?.t ?? 0, endOf(line));
}
