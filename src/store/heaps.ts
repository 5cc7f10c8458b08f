import type { Redis } from 'ioredis';
import type { HeapFinding, Heaps, MassifResult, TakenHeap, Taking } from '../model/heap-taking.js';
import type { PprofPlace } from '../model/profiler.js';
import { idOf, key } from './keys.js';

const DAY_MS = 24 * 3_600_000;
/** As the samples that they are compared with. */
const LIFE_MS = 14 * DAY_MS;
const MOST_HEAPS = 500;
const CLAIM_MS = 5 * 60_000;
/** A service that moves its endpoint says so by not answering; who asks then has it looked for again. */
const PLACE_LIFE_MS = 30 * DAY_MS;

const TOLD_LIFE_MS = 365 * DAY_MS;

/** KEYS: the claim. ARGV: mine, its life. Gives the one that holds; one with more of its life left than it had is over (`lease.ts`). */
const CLAIM = `
local now = redis.call('GET', KEYS[1])
if now and redis.call('PTTL', KEYS[1]) <= tonumber(ARGV[2]) then return now end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
`;
const RELEASE = `
local now = redis.call('GET', KEYS[1])
if now and cjson.decode(now).id == ARGV[1] then redis.call('DEL', KEYS[1]) end
`;

/** What is known of heaps: a sorted set a service by the time they were taken; claims, places and findings with lives of their own. */
export function makeHeaps(redis: Redis): Heaps {
  const claimOf = (serviceId: string, profile: string) => key('heap-claim', idOf(serviceId), profile);
  return {
    async add(heap) {
      const name = key('heaps', idOf(heap.service));
      const multi = redis.multi().zadd(name, String(heap.takenAtMs), JSON.stringify(heap));
      multi.zremrangebyscore(name, '-inf', heap.takenAtMs - LIFE_MS).zremrangebyrank(name, 0, -MOST_HEAPS - 1);
      await multi.pexpire(name, LIFE_MS).exec();
    },
    async ofService(serviceId) {
      const found = await redis.zrange(key('heaps', idOf(serviceId)), '0', '-1');
      return found.map((heap) => JSON.parse(heap) as TakenHeap);
    },
    async claim(serviceId, profile, mine) {
      const holds = await redis.eval(CLAIM, 1, claimOf(serviceId, profile), JSON.stringify(mine), CLAIM_MS);
      return JSON.parse(String(holds)) as Taking;
    },
    async release(serviceId, profile, id) {
      await redis.eval(RELEASE, 1, claimOf(serviceId, profile), id);
    },
    async placeOf(serviceId) {
      const found = await redis.get(key('pprof', idOf(serviceId)));
      return found ? (JSON.parse(found) as PprofPlace) : null;
    },
    async foundAt(serviceId, place) {
      await redis.set(key('pprof', idOf(serviceId)), JSON.stringify(place), 'PX', PLACE_LIFE_MS);
    },
    async toldBefore(serviceId) {
      return (await redis.set(key('heap-told', idOf(serviceId)), '1', 'PX', TOLD_LIFE_MS, 'NX')) === null;
    },
    flame: (comparison) => redis.get(key('heap-flame', idOf(comparison))),
    async keepFlame(comparison, permalink) {
      await redis.set(key('heap-flame', idOf(comparison)), permalink, 'PX', LIFE_MS);
    },
    async keepFinding(id, finding) {
      await redis.set(key('heap-finding', idOf(id)), JSON.stringify(finding), 'PX', DAY_MS);
    },
    async finding(id) {
      const found = await redis.get(key('heap-finding', idOf(id)));
      return found ? (JSON.parse(found) as HeapFinding | MassifResult) : null;
    },
  };
}
