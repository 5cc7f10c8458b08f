import type { Logger } from 'pino';
import { LeakwatchError } from '../src/errors.js';
import type { Archive, ArchiveReports } from '../src/model/archive.js';

export type TidyPorts = {
  readonly archive: Pick<Archive, 'tidy'>;
  readonly reports: Pick<ArchiveReports, 'say'>;
  readonly worker: string;
  readonly log: Logger;
  readonly nowMs: () => number;
};

/** To be called from time to time: the archive is tidied, and how it is told, for `status`. What is wrong is logged once. */
export function makeTidyArchive({ archive, reports, worker, log, nowMs }: TidyPorts): () => Promise<void> {
  let wrong: string | undefined;
  return async () => {
    const { problem, ...found } = await tidied(archive, log, wrong);
    if (wrong && !problem) log.info('the archive can be used again');
    wrong = problem;
    await reports.say({ worker, atMs: nowMs(), ...found, ...(problem ? { problem } : {}) });
  };
}

async function tidied({ tidy }: TidyPorts['archive'], log: Logger, wrong: string | undefined) {
  try {
    return { state: await tidy() };
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    if (wrong !== error.message) log.error({ err: error }, error.message);
    return { problem: error.message };
  }
}
