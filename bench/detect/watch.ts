import { assess } from '../../src/analysis/assess.js';
import { assessService } from '../../src/analysis/assess-service.js';
import { step, type WatchState } from '../../src/incidents/step.js';
import { HELD_MS, holding } from '../../src/offline/held.js';
import { seriesOf } from '../../src/offline/series.js';
import type { CorpusLine } from './corpus.js';
import { endOf, HOUR_MS, type Rule } from './rule.js';
import type { Alert } from './score-watch.js';
import { historyOf } from './series.js';

/** A look every quarter of an hour of the samples' time, at the past day: what rules that look at a whole series are given. */
const TICK_MS = HOUR_MS / 4;
const LOOK_BACK_MS = 24 * HOUR_MS;
/** An alert that has gone and comes back within this time is still the same one (Prometheus: `keep_firing_for`). A choice. */
const KEEP_FIRING_MS = HOUR_MS;
/** The same bar for what wakes somebody as the product has. */
const PAGE_MS = 4 * HOUR_MS;

/**
 * What a rule would have sent in this time. A new alert each time that it starts to fire; it has no digest, so that all of them
 * are seen.
 *
 *     fires   ▁▁▁▔▔▔▁▔▔▁▁▁▁▁▁▁▁▁▔▔▁▁
 *     alerts     ↑  the same    ↑
 */
export function watchRule(rule: Rule, line: CorpusLine): Alert[] {
  const alerts: Alert[] = [];
  const { samples } = line;
  let [from, to, firedMs] = [0, 0, Number.NEGATIVE_INFINITY];
  for (const nowMs of ticks(line)) {
    while ((samples[from]?.t ?? nowMs) < nowMs - LOOK_BACK_MS) from += 1;
    while ((samples[to]?.t ?? Number.POSITIVE_INFINITY) <= nowMs) to += 1;
    if (to === from) continue;
    const { verdict, limitAtMs } = rule({ ...line, samples: samples.slice(from, to) });
    if (verdict !== 'leaking') continue;
    const level = limitAtMs !== null && limitAtMs - nowMs < PAGE_MS ? 'page' : 'message';
    if (nowMs - firedMs > KEEP_FIRING_MS) alerts.push({ t: nowMs, level });
    firedMs = nowMs;
  }
  return alerts;
}

/** What Leakwatch would have sent: the live watch's own fold, at the rules' ticks, over what its store would hold then. */
export function watchOurs(line: CorpusLine): Alert[] {
  const history = historyOf(line);
  const store = holding(history.samples);
  const alerts: Alert[] = [];
  let state: WatchState | null = null;
  for (const nowMs of ticks(line)) {
    const series = seriesOf(history, store.at(nowMs), nowMs - HELD_MS, nowMs);
    const looked = step(state, assessService(series.replica.service, [assess(series, nowMs)], []), nowMs);
    state = looked.state;
    for (const { event, level } of looked.events) if (event === 'alert') alerts.push({ t: nowMs, level });
  }
  return alerts;
}

function ticks(line: CorpusLine): number[] {
  const [from, to] = [line.samples[0]?.t ?? 0, endOf(line)];
  return Array.from({ length: Math.floor((to - from) / TICK_MS) }, (_, i) => from + (i + 1) * TICK_MS);
}
