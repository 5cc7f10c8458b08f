import type { LookPorts } from '../../jobs/look.js';
import { ledgerLine } from '../../src/analysis/ledger-line.js';
import type { Incident, Incidents, Versioned, Watched } from '../../src/model/incident.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import type { Replica } from '../../src/model/replica.js';
import type { History } from '../../src/offline/decode-line.js';
import { livesAt } from '../../src/offline/decode-runs.js';
import { holding } from '../../src/offline/held.js';

/** What the store would have of one service's replicas at the clock's time: `test/end-to-end/parity.test.ts` compares it with the real one. */
export function memoryOf(
  serviceId: string,
  hosts: readonly string[],
  histories: readonly History[],
  nowMs: () => number,
): LookPorts {
  const replicas = histories.map((history, i) => makeReplica(serviceId, hosts[i] ?? 'hv-01', i + 1, history, nowMs));
  const byKey = new Map(replicas.map((replica) => [replica.key, replica]));
  const known = (key: string) => {
    const found = byKey.get(key);
    if (!found) throw new Error(`no replica ${key}`);
    return found;
  };
  return {
    inventory: { all: async () => replicas.map(({ now }) => now()) },
    hosts: { all: async () => [] },
    samples: { read: async (key) => [...known(key).held()] },
    runs: { read: async (key) => [...known(key).runs()] },
    ledger: { read: async () => replicas.flatMap(({ lines }) => lines()).sort((a, b) => a.startedAtMs - b.startedAtMs) },
  };
}

function makeReplica(serviceId: string, host: string, number: number, history: History, nowMs: () => number) {
  const store = holding(history.samples);
  const key = `${host}/${serviceId}/${number}`;
  const written = new Map<number, LedgerLine | null>();
  const held = () => store.at(nowMs());
  const lives = () => livesAt(history.lives, nowMs());
  return {
    key,
    held,
    runs: () => lives().runs,
    now: (): Replica => ({
      ...{ key, host, service: { id: serviceId, name: serviceId }, number, containerName: `${serviceId}-${number}` },
      ...{ limitBytes: history.limitBytes, running: true, run: lives().present, labels: {} },
    }),
    /** As the agent writes them: when a life is over. */
    lines(): LedgerLine[] {
      for (const run of lives().runs)
        if (run.endedAtMs !== undefined && !written.has(run.startedAtMs))
          written.set(run.startedAtMs, ledgerLine(run, held(), history.limitBytes, key));
      return [...written.values()].flatMap((line) => line ?? []);
    },
  };
}

/** Incidents in memory, for one service and one writer; what is to be said counts as said. */
export function memoryIncidents() {
  let watched: Versioned<Watched> = { version: 0, value: { state: null } };
  let nextMs = Number.NEGATIVE_INFINITY;
  const incidents = new Map<string, Versioned<Incident>>();
  const all = () => [...incidents.values()].map(({ value }) => value);
  const port: Incidents = {
    watched: async () => watched,
    incident: async (id) => incidents.get(id) ?? null,
    async commit(change) {
      watched = { version: watched.version + 1, value: change.watched.value };
      nextMs = change.nextMs ?? nextMs;
      const { incident } = change;
      if (incident) incidents.set(incident.value.id, { version: incident.version + 1, value: { ...incident.value, unsaid: [] } });
      return true;
    },
    open: async () => all().filter(({ closed }) => !closed),
    ofService: async () => all(),
    since: async () => all(),
    unsaid: async () => [],
    unfrozen: async () => [],
  };
  return { port, all, nextMs: () => nextMs };
}
