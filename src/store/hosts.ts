import type { Redis } from 'ioredis';
import type { Heartbeat, Hosts } from '../model/host.js';
import { idOf, key } from './keys.js';

/** A host is forgotten this long after its last beat. */
const LIFE_MS = 7 * 24 * 3_600_000;
const HOSTS = key('hosts');
const BEAT_PREFIX = key('beat', '');

/** The set of hosts only finds the beats: each beat has its own life, and whose is over leaves the set. */
const ALL = `
local beats = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local beat = redis.call('GET', ARGV[1] .. id)
  if beat then beats[#beats + 1] = beat else redis.call('SREM', KEYS[1], id) end
end
return beats
`;

/** The agents' last words: a JSON string a host. */
export function makeHosts(redis: Redis): Hosts {
  return {
    async beat(heartbeat) {
      const id = idOf(heartbeat.host);
      const multi = redis.multi().set(BEAT_PREFIX + id, JSON.stringify(heartbeat), 'PX', LIFE_MS);
      await multi.sadd(HOSTS, id).pexpire(HOSTS, LIFE_MS).exec();
    },
    async all() {
      const beats = (await redis.eval(ALL, 1, HOSTS, BEAT_PREFIX)) as string[];
      return beats.map((beat) => JSON.parse(beat) as Heartbeat).sort((a, b) => a.host.localeCompare(b.host));
    },
  };
}
