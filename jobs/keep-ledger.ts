import type { Logger } from 'pino';
import { ledgerLine } from '../src/analysis/ledger-line.js';
import { LeakwatchError } from '../src/errors.js';
import { type Ledger, type LedgerLine, MAX_LEDGER_LINES } from '../src/model/ledger.js';
import type { Replica, Run, RunStore } from '../src/model/replica.js';
import type { SampleStore, Samples } from '../src/model/sample.js';
import { SampleTable } from '../src/model/sample-table.js';
import { sameLife } from './life.js';
import type { Roster } from './roster.js';

/** Until the sweep that was under way has written the last sample of a life, and its OOM kill was heard. */
const WAIT_MS = 5_000;
/** Lives of which nothing was seen, or too little to keep a line when the ledger is full, and which are not looked for again; beyond it they are. */
const MAX_DONE = 10_000;

export type KeepLedgerPorts = {
  readonly roster: Pick<Roster, 'looked' | 'goesOn'>;
  readonly runs: Pick<RunStore, 'read'>;
  readonly samples: Pick<SampleStore, 'read'>;
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
};

export type LedgerKeeper = {
  /** This replica's lives are looked through at one of the next turns. */
  due(replica: Replica): void;
  /** One turn: replica by replica, beside the sweeps. Rejects when Redis is away; what is left is done next time. */
  keep(): Promise<void>;
};

/**
 * Writes a line into the run ledger for every life that is over and has none, while its samples are there. What is to be done is
 * found from what is recorded, not remembered: a life that ended while no agent was there gets its line from the next one, and
 * done twice it is the same line.
 *
 *     runs     |── a ──|── b (no end) ──   ── c ──…     goes on
 *     samples   ▒▒▒▒▒▒▒ ▒▒▒▒▒▒▒        ^   ▒▒▒▒▒▒▒
 *     ledger      a         b: up to its last sample
 */
export function makeLedgerKeeper(ports: KeepLedgerPorts): LedgerKeeper {
  const { roster, log, nowMs, signal } = ports;
  const owed = new Map<string, { readonly replica: Replica; readonly fromMs: number }>();
  const done = new Set<string>();

  return {
    due(replica) {
      owed.set(replica.key, { replica, fromMs: nowMs() + WAIT_MS });
    },
    async keep() {
      if (!roster.looked()) return;
      for (const [key, one] of [...owed]) {
        if (signal.aborted) return;
        if (one.fromMs > nowMs()) continue;
        try {
          await closeBooks(one.replica, done, ports);
        } catch (error) {
          if (error instanceof LeakwatchError) throw error;
          log.error({ err: error, replica: key }, 'its ended lives are not in the run ledger');
        }
        // Due again meanwhile: it stays.
        if (owed.get(key) === one) owed.delete(key);
      }
    },
  };
}

async function closeBooks(replica: Replica, done: Set<string>, ports: KeepLedgerPorts): Promise<void> {
  const { roster, runs, samples, ledger, nowMs } = ports;
  const lives = await runs.read(replica.key);
  const over = lives.filter((run) => run.endedAtMs !== undefined || !roster.goesOn(run));
  if (over.length === 0) return;
  const lines = await ledger.read(replica.service.id);
  const tooOldMs = lines.length < MAX_LEDGER_LINES ? Number.NEGATIVE_INFINITY : (lines[0]?.startedAtMs ?? 0);
  const own = lines.filter((line) => line.replica === replica.key);
  const missing = over.filter((run) => run.startedAtMs >= tooOldMs && !isSaid(run, own) && !done.has(nameOf(replica, run)));
  const [first] = missing;
  if (!first) return;
  const seen = await samples.read(replica.key, first.startedAtMs, nowMs());
  for (const run of missing) {
    const next = lives.find(({ startedAtMs }) => startedAtMs > run.startedAtMs);
    const line = ledgerLine(ended(run, next?.startedAtMs, seen), seen, replica.limitBytes, replica.key);
    if (line) await ledger.record(replica.service.id, line);
    if (!line?.slopeBytesPerHour) done.add(nameOf(replica, run));
  }
  if (done.size > MAX_DONE) done.clear();
}

function nameOf({ key }: Replica, { containerId, startedAtMs, endedAtMs, oomKilled = false }: Run): string {
  return `${key} ${containerId} ${startedAtMs} ${endedAtMs} ${oomKilled}`;
}

/** As it was recorded: an OOM kill that was heard late makes the line anew, and a known end that of an end that was not known. */
function isSaid(run: Run, lines: readonly LedgerLine[]): boolean {
  const line = lines.find((one) => sameLife(one, run));
  if (!line) return false;
  return run.endedAtMs === undefined || (line.endedAtMs === run.endedAtMs && line.oomKilled === (run.oomKilled ?? false));
}

/** Nobody heard its end: its last sample is the last that is known of it. */
function ended(run: Run, nextStartMs: number | undefined, seen: Samples): Run {
  if (run.endedAtMs !== undefined) return run;
  const last = SampleTable.of(seen).between(run.startedAtMs, nextStartMs).at(-1);
  return last ? { ...run, endedAtMs: last.t } : run;
}
