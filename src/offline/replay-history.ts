import { assess } from '../analysis/assess.js';
import { assessService } from '../analysis/assess-service.js';
import { nextTickMs } from '../incidents/next-tick.js';
import { step, type WatchState } from '../incidents/step.js';
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
  for (let nowMs = firstMs; nowMs <= lastMs; ) {
    const isNew = store.nextMs() <= nowMs;
    const held = store.at(nowMs);
    const view = look(held, isNew, nowMs);
    const told = step(state, view, nowMs);
    state = told.state;
    for (const event of told.events) yield lineOf(history.id, nowMs, event);
    onTick(lastMs > firstMs ? (nowMs - firstMs) / (lastMs - firstMs) : 1);
    if (nowMs === lastMs) return;
    const tickMs = nextTickMs(nowMs, view, state) - nowMs;
    // Two weeks into a gap nothing is held any more, and nothing can be said until the next sample comes.
    const ticks = held.length > 0 ? 1 : Math.ceil((store.nextMs() - nowMs) / tickMs);
    nowMs = Math.min(lastMs, nowMs + ticks * tickMs);
  }
}

/** Gives the service as it looks at a tick, from what is held then; `isNew`: something was measured since the tick before. */
function looking(history: History) {
  let [known, nextLifeMs] = [livesAt(history.lives, Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY];
  const ledgerAt = ledgerKeeping(history);
  let view: View | null = null;
  return (held: readonly Sample[], isNew: boolean, nowMs: number): View => {
    const isNewLife = nowMs >= nextLifeMs;
    // What is too old to be judged does not get younger: a gap of a week is 10,000 ticks.
    if (view?.reason === 'no-data' && !isNew && !isNewLife) return view;
    if (isNewLife) [known, nextLifeMs] = [livesAt(history.lives, nowMs), lifeAfter(history, nowMs)];
    const series = seriesOf(history, held, nowMs - HELD_MS, nowMs, known, ledgerAt(nowMs));
    view = assessService(series.replica.service, [assess(series, nowMs)], []);
    return view;
  };
}

function lifeAfter({ lives }: History, nowMs: number): number {
  return lives.find(({ startedAtMs }) => startedAtMs > nowMs)?.startedAtMs ?? Number.POSITIVE_INFINITY;
}

function lineOf(id: string, t: number, { event, level, verdict, reason, growthBytesPerHour, limitAtMs }: WatchEvent) {
  return { id, t: Math.round(t), event, level, verdict, reason, growthBytesPerHour, limitAtMs: whole(limitAtMs) };
}
