import type { Redis } from 'ioredis';
import type { Storms } from '../model/incident.js';
import { idOf, key } from './keys.js';

/** So many leaks within so long are a storm; one that nobody joins for a while is over (design §7). By the clock of who asks. */
const MANY = 5;
const WITHIN_MS = 2 * 60_000;
const OVER_MS = 10 * 60_000;
const LIFE_MS = 90 * 24 * 3_600_000;
const LEAVE_EVERY_MS = 60_000;
/** What is needed for minutes is left here for so long: keys must end, and what is over is seen from the times in them. */
const REST_MS = 24 * 3_600_000;

/**
 * KEYS: 1 recent leaks of the channel, 2 its storm: who, and when somebody joined it last. ARGV: 1 now 2 incident 3 alone 4 many
 * 5 within 6 over 7 members' prefix 8 life 9 rest 10 service. The first four services have roots of their own; the fifth begins the
 * storm.
 */
const JOIN = `
local now, id = tonumber(ARGV[1]), ARGV[2]
redis.call('ZADD', KEYS[1], now, ARGV[10])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[5]))
redis.call('PEXPIRE', KEYS[1], ARGV[9])
if ARGV[3] == '1' then return '' end
local storm, joined = unpack(redis.call('HMGET', KEYS[2], 'id', 'joinedMs'))
if storm and now - tonumber(joined) > tonumber(ARGV[6]) then storm = false end
if not storm and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then storm = 's-' .. id end
if not storm then return '' end
redis.call('HSET', KEYS[2], 'id', storm, 'joinedMs', math.max(now, tonumber(joined or now)))
redis.call('PEXPIRE', KEYS[2], ARGV[9])
redis.call('ZADD', ARGV[7] .. storm, 'NX', now, id)
redis.call('PEXPIRE', ARGV[7] .. storm, ARGV[8])
return storm
`;

/** KEYS: when one left last. ARGV: now, the least between two, rest. */
const LEAVE = `
local before = redis.call('GET', KEYS[1])
local since = tonumber(ARGV[1]) - tonumber(before or 0)
if before and since >= 0 and since < tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1
`;

export function makeStorms(redis: Redis): Storms {
  const members = key('storm-members', '');
  return {
    async join(channel, { id, service }, alone, nowMs) {
      const keys = [key('storm-recent', channel), key('storm-now', channel)];
      const args = [nowMs, id, alone ? '1' : '0', MANY, WITHIN_MS, OVER_MS, members, LIFE_MS, REST_MS, idOf(service.id)];
      const storm = await redis.eval(JOIN, keys.length, ...keys, ...args);
      return storm === '' ? null : String(storm);
    },
    members: (storm) => redis.zrange(members + storm, '0', '-1'),
    mayLeave: async (channel, nowMs) =>
      (await redis.eval(LEAVE, 1, key('storm-leave', channel), nowMs, LEAVE_EVERY_MS, REST_MS)) === 1,
  };
}
