import type { Redis } from 'ioredis';
import type { DigestDay, Digests, SlowGrower } from '../model/digest.js';
import { idOf, key } from './keys.js';

const HOUR_MS = 3_600_000;
/** The watch says a slow grower once a day, a look later each time: a day is too short, and two days are no news. */
const LIFE_MS = 36 * HOUR_MS;
const DAY_LIFE_MS = 30 * 24 * HOUR_MS;
const MOST = 1_000;
const [GROWERS, TIMES, LAST] = [key('digest-growers'), key('digest-times'), key('digest-last')];

/**
 * KEYS: 1 growers, JSON by service, 2 the same services by the time they were seen. ARGV: 1 service 2 JSON 3 seen 4 oldest 5 most
 * 6 life. A worker that was held up does not put an older look over a newer one.
 */
const KEEP = `
local seen = redis.call('ZSCORE', KEYS[2], ARGV[1])
if seen and tonumber(seen) > tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
local function drop(services)
  for _, service in ipairs(services) do
    redis.call('HDEL', KEYS[1], service)
    redis.call('ZREM', KEYS[2], service)
  end
end
drop(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[4]))
drop(redis.call('ZRANGE', KEYS[2], 0, -1 - tonumber(ARGV[5])))
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('PEXPIRE', KEYS[2], ARGV[6])
return 1
`;

/** What the digest is made of: one hash for all channels, so that a service whose channel changes is never in two. */
export function makeDigests(redis: Redis): Digests {
  return {
    async keep(grower) {
      const { atMs, service } = grower;
      const args = [idOf(service.id), JSON.stringify(grower), atMs, atMs - LIFE_MS, MOST, LIFE_MS];
      await redis.eval(KEEP, 2, GROWERS, TIMES, ...args);
    },
    async kept(nowMs) {
      const growers = Object.values(await redis.hgetall(GROWERS)).map((json) => JSON.parse(json) as SlowGrower);
      return growers.filter(({ atMs }) => atMs >= nowMs - LIFE_MS);
    },
    async last() {
      const json = await redis.get(LAST);
      return json ? (JSON.parse(json) as DigestDay) : null;
    },
    async settle(day) {
      await redis.set(LAST, JSON.stringify(day), 'PX', DAY_LIFE_MS);
    },
  };
}
