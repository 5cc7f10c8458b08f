import type { Redis } from 'ioredis';
import type { PageFailing, PageRecord, Pager, Pages } from '../model/page.js';
import { incidentKey, MARKS_DUE, PAGES_DUE } from './incidents.js';
import { key } from './keys.js';

/** As a closed incident (design §8). */
const LIFE_MS = 90 * 24 * 3_600_000;
const FAILING = key('pages-failing');
/** Further ahead than anybody puts the next try: it was put there by a clock that has been set back since. */
const FURTHEST_MS = 10 * 60_000;

/** KEYS: 1 due 2 incident. ARGV: 1 id 2 version 3 next ms or ''. One that has changed meanwhile is due at once, whoever says otherwise. */
const SETTLE = `
if (redis.call('HGET', KEYS[2], 'version') or ARGV[2]) ~= ARGV[2] then redis.call('ZADD', KEYS[1], 0, ARGV[1])
elseif ARGV[3] == '' then redis.call('ZREM', KEYS[1], ARGV[1]) else redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) end
return 1
`;

type Failing = PageFailing & { readonly incidentId: string; readonly pager: Pager['name'] };

/** What pagers were told, a JSON document an incident. Who is due is in a sorted set that each commit of an incident adds to (`incidents.ts`). */
export function makePages(redis: Redis): Pages {
  return makeTold(redis, PAGES_DUE, (incidentId) => key('page', incidentId), '');
}

/** The same for who marks incidents in graphs. What is failing is one list of both. */
export function makeMarks(redis: Redis): Pages {
  return makeTold(redis, MARKS_DUE, (incidentId) => key('mark', incidentId), 'mark:');
}

function makeTold(redis: Redis, dueKey: string, recordKey: (incidentId: string) => string, kind: string): Pages {
  return {
    async due(nowMs, most) {
      const now = await redis.zrange(dueKey, '-inf', String(nowMs), 'BYSCORE', 'LIMIT', 0, most);
      const strayed = await redis.zrange(dueKey, `(${nowMs + FURTHEST_MS}`, '+inf', 'BYSCORE', 'LIMIT', 0, most);
      return [...now, ...strayed].slice(0, most);
    },
    async record(incidentId) {
      const json = await redis.get(recordKey(incidentId));
      return json ? (JSON.parse(json) as PageRecord) : {};
    },
    async keep(incidentId, record) {
      const failing = Object.entries(record).flatMap(([pager, { failing: one }]) =>
        one ? [{ ...one, incidentId, pager: pager as Pager['name'] }] : [],
      ) satisfies Failing[];
      const multi = redis.multi().set(recordKey(incidentId), JSON.stringify(record), 'PX', LIFE_MS);
      if (failing.length > 0) multi.hset(FAILING, kind + incidentId, JSON.stringify(failing)).pexpire(FAILING, LIFE_MS);
      else multi.hdel(FAILING, kind + incidentId);
      await multi.exec();
    },
    async settle(incidentId, version, nextMs) {
      await redis.eval(SETTLE, 2, dueKey, incidentKey(incidentId), incidentId, version, nextMs ?? '');
    },
    failing: async () => Object.values(await redis.hgetall(FAILING)).flatMap((json) => JSON.parse(json) as Failing[]),
  };
}
