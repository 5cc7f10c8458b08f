import { assess } from '../analysis/assess.js';
import { assessService } from '../analysis/assess-service.js';
import { stepAudit } from '../incidents/audit.js';
import { withAudited } from '../incidents/audit-said.js';
import { nextTickMs } from '../incidents/next-tick.js';
import { step, type WatchState } from '../incidents/step.js';
import type { Audit } from '../model/audit.js';
import type { LedgerLine } from '../model/ledger.js';
import type { Sample } from '../model/sample.js';
import type { View, WatchEvent } from '../model/watch.js';
import { whole } from './assess-history.js';
import type { History } from './decode-line.js';
import { livesAt } from './decode-runs.js';
import { HELD_MS, holding } from './held.js';
import { ledgerKeeping } from './ledger.js';
import { seriesOf } from './series.js';

/**
 * What the watch would have said of a history, tick by tick from its first sample to its last, in the form that `leakwatch
 * replay` prints: each tick sees what the live store would have held then, and no more. `onTick` is told the share that is done.
 */
export function* replayHistory(history: History, onTick: (share: number) => void = () => {}) {
  const [firstMs, lastMs] = [history.samples[0]?.t ?? 0, history.samples.at(-1)?.t ?? Number.NEGATIVE_INFINITY];
  const store = holding(history.samples);
  const look = looking(history);
  let state: WatchState | null = null;
  let audit: Audit | undefined;
  for (let nowMs = firstMs; nowMs <= lastMs; ) {
    const isNew = store.nextMs() <= nowMs;
    const held = store.at(nowMs);
    const { view, ledger } = look(held, isNew, nowMs);
    const stepped = step(state, view, nowMs);
    const audited = stepAudit(audit, view, ledger, stepped.state.incident !== undefined, nowMs);
    const told = withAudited(stepped, audited.told, view, nowMs);
    [state, audit] = [told.state, audited.audit];
    for (const event of told.events) yield lineOf(history.id, nowMs, event);
    onTick(lastMs > firstMs ? (nowMs - firstMs) / (lastMs - firstMs) : 1);
    if (nowMs === lastMs) return;
    const tickMs = nextTickMs(nowMs, view, state) - nowMs;
    // Two weeks into a gap nothing is held any more, and nothing can be said until the next sample comes.
    const ticks = held.length > 0 ? 1 : Math.ceil((store.nextMs() - nowMs) / tickMs);
    nowMs = Math.min(lastMs, nowMs + ticks * tickMs);
  }
}

type Look = { readonly view: View; readonly ledger: readonly LedgerLine[] };

/** Gives the service as it looks at a tick, from what is held then; `isNew`: something was measured since the tick before. */
function looking(history: History) {
  let [known, nextLifeMs] = [livesAt(history.lives, Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY];
  const ledgerAt = ledgerKeeping(history);
  let seen: Look | null = null;
  return (held: readonly Sample[], isNew: boolean, nowMs: number): Look => {
    const isNewLife = nowMs >= nextLifeMs;
    // What is too old to be judged does not get younger: a gap of a week is 10,000 ticks.
    if (seen?.view.reason === 'no-data' && !isNew && !isNewLife) return seen;
    if (isNewLife) [known, nextLifeMs] = [livesAt(history.lives, nowMs), lifeAfter(history, nowMs)];
    const series = seriesOf(history, held, nowMs - HELD_MS, nowMs, known, ledgerAt(nowMs));
    seen = { view: assessService(series.replica.service, [assess(series, nowMs)], []), ledger: series.ledger ?? [] };
    return seen;
  };
}

function lifeAfter({ lives }: History, nowMs: number): number {
  return lives.find(({ startedAtMs }) => startedAtMs > nowMs)?.startedAtMs ?? Number.POSITIVE_INFINITY;
}

function lineOf(id: string, t: number, { event, level, verdict, reason, growthBytesPerHour, limitAtMs }: WatchEvent) {
  return { id, t: Math.round(t), event, level, verdict, reason, growthBytesPerHour, limitAtMs: whole(limitAtMs) };
}
