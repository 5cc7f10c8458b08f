import type { Redis } from 'ioredis';
import type { ArchiveReport, ArchiveReports } from '../model/archive.js';
import { idOf, key } from './keys.js';

/** A worker that has not said anything for so long is gone, or has no archive any more. */
const LIFE_MS = 5 * 60_000;
const WORKERS = key('archives');
const REPORT_PREFIX = key('archive', '');

/** The set of workers only finds the reports: each has its own life, and whose is over leaves the set. */
const ALL = `
local reports = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local report = redis.call('GET', ARGV[1] .. id)
  if report then reports[#reports + 1] = report else redis.call('SREM', KEYS[1], id) end
end
return reports
`;

/** How the workers' archives are: a JSON string a worker. */
export function makeArchiveReports(redis: Redis): ArchiveReports {
  return {
    async say(report) {
      const id = idOf(report.worker);
      const multi = redis.multi().set(REPORT_PREFIX + id, JSON.stringify(report), 'PX', LIFE_MS);
      await multi.sadd(WORKERS, id).pexpire(WORKERS, LIFE_MS).exec();
    },
    async all() {
      const reports = (await redis.eval(ALL, 1, WORKERS, REPORT_PREFIX)) as string[];
      return reports.map((report) => JSON.parse(report) as ArchiveReport).sort((a, b) => a.worker.localeCompare(b.worker));
    },
  };
}
