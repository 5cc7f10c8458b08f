import { stepAudit } from '../incidents/audit.js';
import { withAudited } from '../incidents/audit-said.js';
import { nextTickMs } from '../incidents/next-tick.js';
import { step, type WatchState } from '../incidents/step.js';
import type { ServiceAssessment } from '../model/assessment.js';
import type { Audit } from '../model/audit.js';
import type { View, WatchEvent } from '../model/watch.js';
import { whole } from './assess-history.js';
import type { History } from './decode-line.js';
import { looking, type Member } from './replay-look.js';

/** What is said at a tick, and what it is said of. */
export type Said = { readonly atMs: number; readonly event: WatchEvent; readonly assessment: ServiceAssessment };

/**
 * What the watch would have said of a history, tick by tick from its first sample to its last, in the form that `leakwatch
 * replay` prints: each tick sees what the live store would have held then, and no more. `onTick` is told the share that is done.
 */
export function* replayHistory(history: History, onTick: (share: number) => void = () => {}) {
  const { id } = history;
  for (const { atMs, event } of replayService([{ history }], { id, name: id }, onTick)) yield lineOf(id, atMs, event);
}

/** How long until the next look, given what the watch would wait, ms. */
export type Pace = (tickMs: number, view: View, isOpen: boolean) => number;

/** Where samples are five minutes apart: no look without a new one, and one in half an hour at what is calm, so that a month takes minutes. */
export const UNHURRIED: Pace = (tickMs, { verdict }, isOpen) =>
  Math.max(tickMs, verdict === 'stable' && !isOpen ? 30 * 60_000 : 5 * 60_000);

/** The same of a service with several replicas, one history each. */
export function* replayService(
  members: readonly Member[],
  service: ServiceAssessment['service'],
  onTick: (share: number) => void = () => {},
  pace: Pace = (tickMs) => tickMs,
): Generator<Said> {
  const { firstMs, lastMs } = spanOf(members);
  const look = looking(members, service);
  let state: WatchState | null = null;
  let audit: Audit | undefined;
  for (let nowMs = firstMs; nowMs <= lastMs; ) {
    const { assessment, ledger, isAnythingHeld } = look.at(nowMs);
    const stepped = step(state, assessment, nowMs);
    const audited = stepAudit(audit, assessment, ledger, stepped.state.incident !== undefined, nowMs);
    const told = withAudited(stepped, audited.told, assessment, nowMs);
    [state, audit] = [told.state, audited.audit];
    for (const event of told.events) yield { atMs: nowMs, event, assessment };
    onTick(lastMs > firstMs ? (nowMs - firstMs) / (lastMs - firstMs) : 1);
    if (nowMs === lastMs) return;
    const tickMs = pace(nextTickMs(nowMs, assessment, state) - nowMs, assessment, state.incident !== undefined);
    // Two weeks into a gap nothing is held any more, and nothing can be said until the next sample comes.
    const ticks = isAnythingHeld ? 1 : Math.ceil((look.nextMs(nowMs) - nowMs) / tickMs);
    nowMs = Math.min(lastMs, nowMs + ticks * tickMs);
  }
}

function spanOf(members: readonly Member[]): { firstMs: number; lastMs: number } {
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { history } of members) {
    firstMs = Math.min(firstMs, history.samples.at(0)?.t ?? firstMs);
    lastMs = Math.max(lastMs, history.samples.at(-1)?.t ?? lastMs);
  }
  return { firstMs, lastMs };
}

/** A line of `leakwatch replay`. */
export function lineOf(id: string, atMs: number, { event, level, verdict, reason, growthBytesPerHour, limitAtMs }: WatchEvent) {
  return { id, t: Math.round(atMs), event, level, verdict, reason, growthBytesPerHour, limitAtMs: whole(limitAtMs) };
}
