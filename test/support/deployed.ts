import { assess } from '../../src/analysis/assess.js';
import { assessService } from '../../src/analysis/assess-service.js';
import { ledgerLine } from '../../src/analysis/ledger-line.js';
import { stepAudit } from '../../src/incidents/audit.js';
import type { Audit, DeployAudit } from '../../src/model/audit.js';
import type { Run } from '../../src/model/replica.js';
import type { Sample } from '../../src/model/sample.js';
import { HELD_MS, holding } from '../../src/offline/held.js';
import { replica } from './fleet.js';

const MINUTE = 60_000;
const DOWN_MS = 20_000;

/** Two versions of a service of one replica, one after the other; their samples' times count from wherever they like. */
export type Versions = {
  readonly before: readonly Sample[];
  readonly after: readonly Sample[];
  readonly limitBytes: number | null;
  /** A look so often. */
  readonly everyMs?: number;
};

/** What the audit tells of the second version, and how old that was then; null: nothing by the end of its samples. */
export function deployed({ before, after, limitBytes, everyMs = 15 * MINUTE }: Versions): {
  readonly told: DeployAudit | null;
  readonly ageMs: number;
} {
  const [first, last] = [before[0]?.t ?? 0, before.at(-1)?.t ?? 0];
  const startedAtMs = last + DOWN_MS;
  const moved = after.map((sample) => ({ ...sample, t: sample.t - (after[0]?.t ?? 0) + startedAtMs + DOWN_MS }));
  const old: Run = { containerId: 'a'.repeat(64), image: 'api:1', startedAtMs: first, endedAtMs: last + 1_000 };
  const now: Run = { containerId: 'b'.repeat(64), image: 'api:2', startedAtMs };
  const line = ledgerLine(old, before, limitBytes, 'hv-01/api/1');
  const ledger = line ? [line] : [];
  const store = holding([...before, ...moved]);
  const view = (nowMs: number, run: Run, runs: readonly Run[], lines: typeof ledger) => {
    const one = replica('api', 1, { limitBytes, run });
    const series = { replica: one, fromMs: nowMs - HELD_MS, toMs: nowMs, samples: store.at(nowMs), runs, ledger: lines };
    return assessService(one.service, [assess(series, nowMs)], []);
  };
  const { endedAtMs: _, ...going } = old;
  let audit: Audit = stepAudit(undefined, view(last, going, [going], []), [], false, last).audit;
  for (let nowMs = startedAtMs + 5 * MINUTE; nowMs <= (moved.at(-1)?.t ?? 0); nowMs += everyMs) {
    const step = stepAudit(audit, view(nowMs, now, [old, now], ledger), ledger, false, nowMs);
    if (step.told) return { told: step.told, ageMs: nowMs - startedAtMs };
    audit = step.audit;
  }
  return { told: null, ageMs: Number.POSITIVE_INFINITY };
}
