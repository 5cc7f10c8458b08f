import { joinHistory } from '../src/analysis/join-history.js';
import type { Series } from '../src/model/assessment.js';
import type { HistoryNote } from '../src/model/history-note.js';
import type { Ledger, LedgerLine } from '../src/model/ledger.js';
import type { Replica, RunStore, ServiceRef } from '../src/model/replica.js';
import type { SampleStore } from '../src/model/sample.js';
import type { Recall } from './recall.js';

export type ReadPorts = {
  readonly samples: Pick<SampleStore, 'read'>;
  readonly runs: Pick<RunStore, 'read'>;
  readonly ledger: Pick<Ledger, 'read'>;
  /** Absent: no metrics server is configured. */
  readonly recall?: Pick<Recall, 'past' | 'alone'> | undefined;
};

/** Less than this before our own samples is not worth a question. */
const WORTH_ASKING_MS = 3_600_000;

export type SeriesReader = {
  read(replica: Replica): Promise<Series>;
  /** What all that was read rests on beside our own samples; absent where nothing else was asked. */
  note(): HistoryNote | undefined;
};

/**
 * Reads series of one service's replicas: our own samples and, before the first of them, what a metrics server remembers. The ledger is
 * the service's, and read once: a replica is judged by its sisters' lives too.
 */
export async function readerOf(
  service: ServiceRef,
  replicas: readonly Replica[],
  windowMs: number,
  nowMs: number,
  { samples, runs, ledger, recall }: ReadPorts,
): Promise<SeriesReader> {
  const fromMs = nowMs - windowMs;
  const lines: readonly LedgerLine[] = await ledger.read(service.id);
  let note: HistoryNote | undefined;

  return {
    async read(replica) {
      const [read, lives] = await Promise.all([samples.read(replica.key, fromMs, nowMs), runs.read(replica.key)]);
      const own = { samples: read, runs: lives };
      const ownFromMs = read.at(0)?.t;
      const series = { replica, fromMs, toMs: nowMs, ledger: lines };
      if (!recall || (ownFromMs ?? nowMs) - fromMs < WORTH_ASKING_MS) return { ...series, ...own };
      const { remembered, trouble, partial } = await recall.past(replica, replicas, fromMs, nowMs);
      const { theirFromMs, ...joined } = remembered
        ? joinHistory(own, remembered, fromMs)
        : (own as typeof own & { theirFromMs?: number });
      note = noted(note, { theirFromMs, ownFromMs, trouble, partial, otherName: remembered?.otherName });
      return { ...series, ...joined };
    },
    note: () => note,
  };
}

type Seen = { readonly [K in 'theirFromMs' | 'ownFromMs']: number | undefined } & {
  readonly [K in 'trouble' | 'partial' | 'otherName']: string | undefined;
};

function noted(before: HistoryNote | undefined, { theirFromMs, ownFromMs, trouble, partial, otherName }: Seen): HistoryNote {
  const fromMs = least(before?.fromMs, theirFromMs);
  const sinceMs = least(before?.ownFromMs, ownFromMs);
  const [sad, part, name] = [before?.trouble ?? trouble, before?.partial ?? partial, before?.otherName ?? otherName];
  return {
    source: 'Prometheus',
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(sinceMs === undefined ? {} : { ownFromMs: sinceMs }),
    ...(sad === undefined ? {} : { trouble: sad }),
    ...(part === undefined ? {} : { partial: part }),
    ...(name === undefined ? {} : { otherName: name }),
  };
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
