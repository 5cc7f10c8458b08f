import { ownGrowth } from '../src/analysis/own-growth.js';
import { LeakwatchError } from '../src/errors.js';
import type { OwnGrowth, OwnMetrics } from '../src/model/own-metrics.js';
import type { Inventory } from '../src/model/replica.js';
import { type RulesPort, rulesOfReplicas } from '../src/model/rules.js';
import type { SampleStore } from '../src/model/sample.js';

export type OwnMetricsPorts = {
  readonly metrics: OwnMetrics;
  readonly inventory: Pick<Inventory, 'all'>;
  readonly samples: Pick<SampleStore, 'read'>;
  readonly rules: Pick<RulesPort, 'now'>;
  readonly warn: (error: Error) => void;
};

/** What a replica's process tells of itself; `trouble`, `partial`: why that cannot be told, or not all of it, as words that are not escaped. */
export type Told = { readonly own?: OwnGrowth; readonly trouble?: string; readonly partial?: string };
export type AskOwn = (replica: string, nowMs: number) => Promise<Told>;

/** Longer ago is another day's load. */
const WINDOW_MS = 24 * 3_600_000;
const FRESH_MS = 5 * 60_000;
/** After a failure the server is left in peace for so long, and answers do not wait for it. */
const PEACE_MS = 60_000;

/** Asks for what the process of a replica exports. Never rejects for the metrics server's sake, and waits for it as long as that waits at most. */
export function makeAskOwn({ metrics, inventory, samples, rules, warn }: OwnMetricsPorts): AskOwn {
  let failed: { readonly atMs: number; readonly sentence: string } | undefined;

  return async (key, nowMs) => {
    const all = await inventory.all();
    const replica = all.find((one) => one.key === key);
    if (!replica?.running) return {};
    if (failed && nowMs - failed.atMs < PEACE_MS) return { trouble: failed.sentence };
    const { service, run } = replica;
    const { job } = rulesOfReplicas(
      rules.now(),
      all.filter((one) => one.service.id === service.id),
    );
    const isOnlyName = all.every((one) => one.service.name !== service.name || one.service.id === service.id);
    try {
      const fromMs = Math.max(run.startedAtMs, nowMs - WINDOW_MS);
      const { processes, partial } = await metrics.of({ replica, isOnlyName, ...(job ? { job } : {}) }, fromMs, nowMs);
      const anonBytes = (await samples.read(key, nowMs - FRESH_MS, nowMs)).at(-1)?.anon ?? null;
      const own = ownGrowth(processes, { startedAtMs: run.startedAtMs, anonBytes });
      return { ...(own ? { own } : {}), ...(partial === undefined ? {} : { partial }) };
    } catch (error) {
      if (!(error instanceof LeakwatchError)) throw error;
      failed = { atMs: nowMs, sentence: error.message };
      warn(error);
      return { trouble: error.message };
    }
  };
}
