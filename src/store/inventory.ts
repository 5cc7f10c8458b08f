import type { Redis } from 'ioredis';
import type { Inventory, Replica } from '../model/replica.js';
import { idOf, key } from './keys.js';

/** As long as the host itself is remembered: a silent host's last list is still used, and said to be old. */
const LIFE_MS = 7 * 24 * 3_600_000;
const HOSTS = key('inventory-hosts');
const LIST_PREFIX = key('inventory', '');

/** Nobody who was held up writes later than that. What is newer by more was written by a clock that has been set back since. */
const HELD_UP_MS = 60_000;

/** An older list never takes the place of a newer one: two agents, or one that was held up, may write in any order. */
const REPLACE = `
local list = ARGV[1] .. ARGV[2]
local newer = tonumber(redis.call('HGET', list, 'atMs') or ARGV[3]) - tonumber(ARGV[3])
if newer > 0 and newer <= tonumber(ARGV[6]) then return 0 end
redis.call('HSET', list, 'atMs', ARGV[3], 'replicas', ARGV[4])
redis.call('PEXPIRE', list, ARGV[5])
redis.call('SADD', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
`;

const ALL = `
local lists = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local list = redis.call('HGET', ARGV[1] .. id, 'replicas')
  if list then lists[#lists + 1] = list else redis.call('SREM', KEYS[1], id) end
end
return lists
`;

/** Who is there: one JSON list a host, replaced as a whole. */
export function makeInventory(redis: Redis): Inventory {
  return {
    async replace(host, replicas, nowMs) {
      await redis.eval(REPLACE, 1, HOSTS, LIST_PREFIX, idOf(host), nowMs, JSON.stringify(replicas), LIFE_MS, HELD_UP_MS);
    },
    async all() {
      const lists = (await redis.eval(ALL, 1, HOSTS, LIST_PREFIX)) as string[];
      return lists.flatMap((list) => JSON.parse(list) as Replica[]).sort((a, b) => compare(a.key, b.key));
    },
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
