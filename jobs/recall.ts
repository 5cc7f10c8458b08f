import { LeakwatchError } from '../src/errors.js';
import type { Series } from '../src/model/assessment.js';
import type { LongHistory, Remembered, RememberedStore } from '../src/model/history.js';
import type { Inventory, Replica, RunStore, ServiceRef } from '../src/model/replica.js';

export type RecallPorts = {
  readonly history: LongHistory;
  readonly remembered: RememberedStore;
  readonly inventory: Pick<Inventory, 'all'>;
  readonly runs: Pick<RunStore, 'read'>;
  readonly warn: (error: Error) => void;
};

/** What is remembered elsewhere of a replica; or why it cannot be told, as a sentence. */
export type Recalled = { readonly remembered?: Remembered; readonly trouble?: string; readonly partial?: string };

export type Recall = {
  /** Of one of a service's replicas, before our own samples of it. Never rejects for the metrics server's sake, and waits 5 s for it at most. */
  past(replica: Replica, ofService: readonly Replica[], fromMs: number, nowMs: number): Promise<Recalled>;
  /** A service that no agent knows; null: neither does anybody else. Rejects when it cannot be told. */
  alone(
    serviceId: string,
    fromMs: number,
    nowMs: number,
  ): Promise<{ service: ServiceRef; series: Series[]; partial?: string; otherName?: string } | null>;
};

/** As long as our own samples; after that, what is remembered is older than any window. */
const KEPT_MS = 14 * 24 * 3_600_000;
/** What came in part, or not at all, may come as a whole later. */
const KEPT_PARTLY_MS = 10 * 60_000;
/** After a failure the server is left in peace for so long, and answers do not wait for it. */
const PEACE_MS = 60_000;

/**
 * The past is asked for once a replica and then kept: it does not change, and a fleet looks at itself every few minutes. So a metrics
 * server that is slow or gone costs the first answers five seconds, and the others nothing.
 */
export function makeRecall({ history, remembered, inventory, runs, warn }: RecallPorts): Recall {
  const asking = new Map<string, Promise<Omit<Recalled, 'remembered'>>>();
  let failed: { readonly atMs: number; readonly sentence: string } | undefined;

  async function askFor(replicas: readonly Replica[], fromMs: number, nowMs: number): Promise<Omit<Recalled, 'remembered'>> {
    const all = await inventory.all();
    const owners = new Map(all.map(({ key, run }) => [run.containerId, key]));
    const asked = await Promise.all(replicas.map(async (replica) => ({ replica, runs: await runs.read(replica.key) })));
    const isOthers = (id: string, replica: string) => (owners.get(id) ?? replica) !== replica;
    try {
      const { replicas: found, partial } = await history.past(asked, isOthers, fromMs, nowMs);
      for (const [key, past] of found) {
        const whole = partial === undefined && past.samples.length > 0;
        await remembered.keep(key, partial === undefined ? past : { ...past, partial }, whole ? KEPT_MS : KEPT_PARTLY_MS);
      }
      return partial === undefined ? {} : { partial };
    } catch (error) {
      if (!(error instanceof LeakwatchError)) throw error;
      failed = { atMs: nowMs, sentence: error.message };
      warn(error);
      return { trouble: error.message };
    }
  }

  /** One question a service at a time: who asks meanwhile waits for the same answer. */
  function askOnce(ofService: readonly Replica[], fromMs: number, nowMs: number): Promise<Omit<Recalled, 'remembered'>> {
    if (failed && nowMs - failed.atMs < PEACE_MS) return Promise.resolve({ trouble: failed.sentence });
    const id = ofService[0]?.service.id ?? '';
    const under = asking.get(id);
    if (under) return under;
    const answer = askFor(ofService, fromMs, nowMs).finally(() => asking.delete(id));
    asking.set(id, answer);
    return answer;
  }

  return {
    async past(replica, ofService, fromMs, nowMs) {
      const kept = await remembered.read(replica.key);
      if (kept) return { remembered: kept, ...(kept.partial === undefined ? {} : { partial: kept.partial }) };
      // What is kept answers everybody who comes later, whatever they look at.
      const told = await askOnce(ofService, Math.min(fromMs, nowMs - KEPT_MS), nowMs);
      const now = await remembered.read(replica.key);
      return now ? { ...told, remembered: now } : told;
    },

    async alone(serviceId, fromMs, nowMs) {
      const { series, ...words } = await history.service(serviceId, fromMs, nowMs);
      const service = series[0]?.replica.service;
      return service ? { service, series: [...series], ...words } : null;
    },
  };
}
