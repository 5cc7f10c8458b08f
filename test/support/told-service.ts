import type { LookPorts } from '../../jobs/look.js';
import { ledgerLine } from '../../src/analysis/ledger-line.js';
import type { Replica, Run } from '../../src/model/replica.js';
import type { Sample } from '../../src/model/sample.js';
import { holding } from '../../src/offline/held.js';
import { replica } from './fleet.js';

const MIB = 2 ** 20;

/** One version of a service: from when it runs (until the next one), its memory in MiB by its age, its commit. */
export type Version = {
  readonly image: string;
  readonly fromMs: number;
  readonly mibAt: (ageMs: number) => number;
  readonly revision?: string;
};

/** A service of one replica, as its agent would have left it at any time that is asked for: times go on, never back. */
export function toldService(versions: readonly Version[], toMs: number, limitBytes: number | null = 512 * MIB) {
  const endOf = (i: number) => versions[i + 1]?.fromMs;
  const runs = versions.map(({ image, fromMs }, i): Run => {
    const endedAtMs = endOf(i);
    const run = { containerId: `${i}`.repeat(64), image, imageId: `sha256:${image}`, startedAtMs: fromMs };
    return endedAtMs === undefined ? run : { ...run, endedAtMs: endedAtMs - 2_000, exitCode: 0 };
  });
  const samples = versions.flatMap(({ fromMs, mibAt }, i) => {
    const own: Sample[] = [];
    for (let t = fromMs + 10_000, n = 0; t < (endOf(i) ?? toMs) - 5_000; t += 60_000, n += 1)
      own.push(sampleOf(t, mibAt(t - fromMs) + Math.sin(n * 12.9898 + i) * 1.5, limitBytes));
    return own;
  });
  const store = holding(samples);
  const lines = runs.flatMap((run) => ledgerLine(run, samples, limitBytes, 'hv-01/shop/api-svc/1') ?? []);
  let nowMs = versions[0]?.fromMs ?? 0;
  const isOver = ({ endedAtMs = Number.POSITIVE_INFINITY }: Run) => endedAtMs <= nowMs;
  const now = (): Replica => {
    const i = runs.findLastIndex(({ startedAtMs }) => startedAtMs <= nowMs);
    const { endedAtMs: _, exitCode: __, ...run } = runs[i] ?? { containerId: '', image: '', startedAtMs: 0 };
    const revision = versions[i]?.revision;
    const labels = revision
      ? { 'org.opencontainers.image.source': 'https://github.com/shop/api', 'org.opencontainers.image.revision': revision }
      : {};
    return replica('shop/api-svc', 1, { limitBytes, run, labels: labels as Replica['labels'] });
  };
  const ports: LookPorts = {
    inventory: { all: async () => [now()] },
    hosts: { all: async () => [] },
    samples: { read: async () => [...store.at(nowMs)] },
    runs: {
      read: async () => runs.flatMap((run) => (isOver(run) ? [run] : run.startedAtMs <= nowMs ? [now().run] : [])),
    },
    ledger: { read: async () => lines.filter(({ endedAtMs }) => endedAtMs <= nowMs) },
  };
  return {
    ports,
    at(ms: number) {
      nowMs = ms;
    },
  };
}

function sampleOf(t: number, mib: number, limit: number | null): Sample {
  return { t, usage: (mib + 22) * MIB, anon: Math.round(mib * MIB), file: 20 * MIB, shmem: 0, kernel: 2 * MIB, limit };
}
