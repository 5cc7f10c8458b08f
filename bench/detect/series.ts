import type { Series } from '../../src/model/assessment.js';
import type { Replica, Run } from '../../src/model/replica.js';
import type { Sample } from '../../src/model/sample.js';
import type { CorpusLine } from './corpus.js';
import { endOf } from './rule.js';

const FIELDS = [
  ...(['usage', 'anon', 'file', 'inactiveFile', 'shmem', 'kernel', 'cpuNanos'] as const),
  ...(['netRxBytes', 'netTxBytes'] as const),
];

/** A corpus line as analysis reads it: one replica of one service, with its lives. What was not measured stays absent. */
export function seriesOf(line: CorpusLine): Series {
  const runs = runsOf(line);
  const fromMs = line.samples[0]?.t ?? 0;
  const run = runs.at(-1) ?? { containerId: line.id, image: '', startedAtMs: fromMs };
  const replica: Replica = {
    key: `offline/${line.id}/1`,
    host: 'offline',
    service: { id: line.id, name: line.id },
    number: 1,
    containerName: line.id,
    limitBytes: line.limitBytes,
    running: true,
    run,
    labels: {},
  };
  return { replica, fromMs, toMs: endOf(line), samples: line.samples.map(sampleOf), runs };
}

/** A life begins at each start; when the first one began is not known, so that it is taken to begin with the samples. */
function runsOf(line: CorpusLine): Run[] {
  const fromMs = line.samples[0]?.t ?? 0;
  const told = line.runs ?? (line.restarts ?? []).map((startedAt) => ({ startedAt }));
  const starts = [...told].sort((a, b) => a.startedAt - b.startedAt);
  if ((starts[0]?.startedAt ?? Number.POSITIVE_INFINITY) > fromMs) starts.unshift({ startedAt: fromMs });
  return starts.map((start: { startedAt: number; image?: string | undefined; oomKilled?: boolean | undefined }, i) => {
    const next = starts[i + 1];
    return {
      containerId: line.id,
      image: start.image ?? '',
      startedAtMs: start.startedAt,
      ...(next ? { endedAtMs: next.startedAt } : {}),
      ...(start.oomKilled === undefined ? {} : { oomKilled: start.oomKilled }),
    };
  });
}

/** Inactive file and kernel are what the others leave, where they were not measured themselves. */
function sampleOf(measured: CorpusLine['samples'][number]): Sample {
  const { usage, anon, file, workingSet } = measured;
  const sample: { -readonly [F in keyof Sample]: Sample[F] } = { t: measured.t };
  if (isNumber(usage) && isNumber(workingSet)) sample.inactiveFile = Math.max(0, usage - workingSet);
  if (isNumber(usage) && isNumber(anon) && isNumber(file)) sample.kernel = Math.max(0, usage - anon - file);
  for (const field of FIELDS) {
    const value = measured[field];
    if (isNumber(value)) sample[field] = value;
  }
  if (measured.limit !== undefined) sample.limit = measured.limit;
  return sample;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number';
}
