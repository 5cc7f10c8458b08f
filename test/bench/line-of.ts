import type { CorpusLine } from '../../bench/detect/corpus.js';
import type { Series } from '../../src/model/assessment.js';

/** A drawing as a corpus line: each `!` is a restart that was told; the working set leaves half of the page cache out. */
export function lineOf({ replica, samples, runs }: Series, over: Partial<CorpusLine> = {}): CorpusLine {
  return {
    ...{ id: 'drawn', family: 'drawn', label: 'no-leak', intervalSec: 15, limitBytes: replica.limitBytes, truth: {} },
    samples: [...samples].map(({ t, usage = 0, anon, file, inactiveFile = 0 }) => ({
      ...{ t, usage, anon, file },
      workingSet: usage - inactiveFile,
    })),
    restarts: runs.slice(1).map(({ startedAtMs }) => startedAtMs),
    ...over,
  };
}
