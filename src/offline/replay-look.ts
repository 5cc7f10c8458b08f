import { assess } from '../analysis/assess.js';
import { assessService } from '../analysis/assess-service.js';
import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import type { LedgerLine } from '../model/ledger.js';
import type { Replica } from '../model/replica.js';
import type { Sample } from '../model/sample.js';
import type { History } from './decode-line.js';
import { livesAt } from './decode-runs.js';
import { HELD_MS, holding } from './held.js';
import { ledgerKeeping } from './ledger.js';
import { seriesOf } from './series.js';

/** A history and whose it is. `place`: where it is not the only replica of its service; `goneMs`: since when it is no more. */
export type Member = {
  readonly history: History;
  readonly place?: Pick<Replica, 'host' | 'service' | 'number' | 'containerName'>;
  readonly goneMs?: number;
};

type Look = {
  readonly assessment: ServiceAssessment;
  readonly ledger: readonly LedgerLine[];
  readonly isAnythingHeld: boolean;
};

/** Gives the service as it looks at a tick, from what is held of its members then. Times never go back. */
export function looking(members: readonly Member[], service: ServiceAssessment['service']) {
  const watched = members.map((member) => ({ ...member, store: holding(member.history.samples), look: lookingAt(member) }));
  const ledgers = members.map(({ history }) => ledgerKeeping(history));
  // Of the only one there is, what came before its first sample and after its end is part of its story.
  const isThere = ({ history, goneMs = Number.POSITIVE_INFINITY }: Member, nowMs: number) =>
    members.length === 1 || (nowMs >= (history.samples.at(0)?.t ?? nowMs) && nowMs <= goneMs);
  // What a metrics server still tells of one that is gone is not looked at, and never would be behind us.
  const nextMs = (nowMs: number) =>
    watched
      .filter(({ goneMs = Number.POSITIVE_INFINITY }) => members.length === 1 || nowMs <= goneMs)
      .reduce((least, { store }) => Math.min(least, store.nextMs()), Number.POSITIVE_INFINITY);
  const at = (nowMs: number): Look => {
    const ledger = oldestFirst(ledgers.map((ledgerAt) => ledgerAt(nowMs)));
    let isAnythingHeld = false;
    const judged = watched.flatMap((member) => {
      const { store, look } = member;
      if (!isThere(member, nowMs)) return [];
      const isNew = store.nextMs() <= nowMs;
      const held = store.at(nowMs);
      isAnythingHeld ||= held.length > 0;
      return [look(held, isNew, ledger, nowMs)];
    });
    const assessments = judged.map(({ assessment }) => assessment);
    // A line that brings its ledger knows more.
    const known = judged[0]?.ledger ?? ledger;
    return { assessment: assessService(service, assessments, []), ledger: known, isAnythingHeld };
  };
  return { at, nextMs };
}

/** Gives one member as it looks at a tick; `isNew`: something was measured since the tick before. */
function lookingAt({ history, place }: Member) {
  let [known, nextLifeMs] = [livesAt(history.lives, Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY];
  let seen: { assessment: Assessment; ledger: readonly LedgerLine[] } | null = null;
  return (held: readonly Sample[], isNew: boolean, ledger: readonly LedgerLine[], nowMs: number) => {
    const isNewLife = nowMs >= nextLifeMs;
    // What is too old to be judged does not get younger: a gap of a week is 10,000 ticks.
    if (seen?.assessment.reason === 'no-data' && !isNew && !isNewLife) return seen;
    if (isNewLife) [known, nextLifeMs] = [livesAt(history.lives, nowMs), lifeAfter(history, nowMs)];
    const series = seriesOf(history, held, nowMs - HELD_MS, nowMs, known, ledger);
    const placed = place ? { ...series, replica: { ...series.replica, ...place } } : series;
    seen = { assessment: assess(placed, nowMs), ledger: series.ledger ?? [] };
    return seen;
  };
}

/** The same list while it is the only one's: a new one at every tick would be looked through anew. */
function oldestFirst(ledgers: readonly (readonly LedgerLine[])[]): readonly LedgerLine[] {
  const [only, ...others] = ledgers.filter((lines) => lines.length > 0);
  if (others.length === 0) return only ?? [];
  return ledgers.flat().sort((a, b) => a.endedAtMs - b.endedAtMs);
}

function lifeAfter({ lives }: History, nowMs: number): number {
  return lives.find(({ startedAtMs }) => startedAtMs > nowMs)?.startedAtMs ?? Number.POSITIVE_INFINITY;
}
