import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Rounds } from '../model/incident.js';
import { DUE } from './incidents.js';
import { idOf, key } from './keys.js';
import { takeLease } from './lease.js';

/** Longer than any look takes; a worker that died with it holds a service up for no longer. */
export const LEASE_MS = 30_000;
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** Further ahead than anybody puts a look: it was put there by a clock that has been set back since. */
const FURTHEST_MS = 10 * 60_000;

/** ARGV: now, furthest, services…. Gives those that are due. Who is not among the services leaves. */
const TAKE = `
local known, due = {}, {}
for i = 3, #ARGV do
  known[ARGV[i]] = true
  local at = redis.call('ZSCORE', KEYS[1], ARGV[i])
  local inMs = tonumber(at or 0) - tonumber(ARGV[1])
  if inMs <= 0 or inMs > tonumber(ARGV[2]) then due[#due + 1] = { ARGV[i], tonumber(at or 0) } end
end
for _, service in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if not known[service] then redis.call('ZREM', KEYS[1], service) end
end
table.sort(due, function(a, b) return a[2] < b[2] end)
local names = {}
for i, one in ipairs(due) do names[i] = one[1] end
return names
`;

/** Whose turn it is: a sorted set of services by the time of their next look. */
export function makeRounds(redis: Redis): Rounds {
  return {
    due: async (serviceIds, nowMs) => (await redis.eval(TAKE, 1, DUE, nowMs, FURTHEST_MS, ...serviceIds)) as string[],
    turn: (what, everyMs) => takeLease(redis, key('turn', what), '1', everyMs),
    async alone(serviceId, work) {
      const [name, token] = [key('watch-lease', idOf(serviceId)), randomUUID()];
      if (!(await takeLease(redis, name, token, LEASE_MS))) return null;
      try {
        return await work();
      } finally {
        await redis.eval(RELEASE, 1, name, token);
      }
    },
  };
}
