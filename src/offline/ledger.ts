import { ledgerLine } from '../analysis/ledger-line.js';
import type { LedgerLine } from '../model/ledger.js';
import { keyOf } from './decode-ledger.js';
import type { History } from './decode-line.js';
import { holding } from './held.js';

/** The agent writes a life's line so long after its end (`jobs/keep-ledger.ts`), from what the store holds then. */
const WRITTEN_AFTER_MS = 5_000;

/**
 * The run ledger as the live agent would have written it, asked tick by tick: times never go back. The lines of the lives that were
 * over in time, oldest first; the same list until one more is.
 *
 *     runs     |── a ──|── b ──|── c …
 *     ledger            a       a b
 */
export function ledgerKeeping(history: History) {
  const store = holding(history.samples);
  let lines: readonly LedgerLine[] = [];
  let done = 0;
  return (nowMs: number): readonly LedgerLine[] => {
    for (let run = history.lives[done]; run?.endedAtMs !== undefined; run = history.lives[done]) {
      const writtenMs = run.endedAtMs + WRITTEN_AFTER_MS;
      if (writtenMs > nowMs) break;
      const line = ledgerLine(run, store.at(writtenMs), history.limitBytes, keyOf(history.id));
      if (line) lines = [...lines, line];
      done += 1;
    }
    return lines;
  };
}
