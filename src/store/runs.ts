import type { Redis } from 'ioredis';
import type { Run, RunStore } from '../model/replica.js';
import { idOf, key } from './keys.js';

const MAX_RUNS = 50;
/** As the samples that they explain; whoever records says a life that goes on again at least once a day. */
const LIFE_MS = 14 * 24 * 3_600_000;

/**
 * A field a run, named by its start and its container. What has ended stays ended: a look that was begun before the end and
 * arrives after it changes nothing. ARGV: 1 field, 2 run, 3 life in ms, 4 the most runs.
 */
const RECORD = `
local before = redis.call('HGET', KEYS[1], ARGV[1])
local function ended(run) return string.find(run, '"endedAtMs":', 1, true) end
if not (before and ended(before) and not ended(ARGV[2])) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local left = redis.call('HLEN', KEYS[1]) - tonumber(ARGV[4])
if left <= 0 then return end
local fields = redis.call('HKEYS', KEYS[1])
table.sort(fields, function(a, b) return tonumber(string.match(a, '^-?%d+')) < tonumber(string.match(b, '^-?%d+')) end)
for i = 1, left do redis.call('HDEL', KEYS[1], fields[i]) end
`;

/** The lives of a replica: at most 50, the oldest leave first. */
export function makeRuns(redis: Redis): RunStore {
  return {
    async record(replica, run) {
      const field = `${Math.round(run.startedAtMs)}/${run.containerId}`;
      await redis.eval(RECORD, 1, runsKey(replica), field, JSON.stringify(run), LIFE_MS, MAX_RUNS);
    },
    async read(replica) {
      const runs = Object.values(await redis.hgetall(runsKey(replica))).map((run) => JSON.parse(run) as Run);
      return runs.sort((a, b) => a.startedAtMs - b.startedAtMs);
    },
  };
}

function runsKey(replica: string): string {
  return key('runs', idOf(replica));
}
