import type { Redis } from 'ioredis';
import { type Incident, type Incidents, owesFreeze, type Versioned, type Watched } from '../model/incident.js';
import { idOf, key } from './keys.js';

const DAY_MS = 24 * 3_600_000;
/** Closed incidents (design §8), and what the watch remembers of a service, as long as its samples. */
const CLOSED_LIFE_MS = 90 * DAY_MS;
const WATCHED_LIFE_MS = 14 * DAY_MS;
/** An open incident of a service that is gone for good is dropped in the end. */
const OPEN_LIFE_MS = 365 * DAY_MS;
const [OPEN, RECENT, UNSAID] = [key('incidents-open'), key('incidents-recent'), key('incidents-unsaid')];
const UNFROZEN = key('incidents-unfrozen');
export const DUE = key('watch-due');
/** Incidents that are pages, by when a pager is to be told next: at once, when one has changed. */
export const PAGES_DUE = key('pages-due');
/** All incidents that are to be marked in graphs, by when they changed, or when they are tried again. Where nobody marks, no longer than closed ones live. */
export const MARKS_DUE = key('marks-due');

/**
 * Both documents or none, and only when neither was written since it was read. A document is a hash of a version and JSON.
 *
 *   KEYS: 1 watched  2 incident  3 due  4 open  5 recent  6 unsaid  7 the service's own list  8 unfrozen  9 pages due
 *         10 marks due
 *   ARGV: 1 version 2 JSON 3 life of watched, 4 service 5 next ms or '', 6 version 7 JSON 8 life of the incident ('' for none),
 *         9 id 10 opened ms 11 changed ms 12 closed 13 unsaid 14 oldest ms 15 unfrozen 16 a page
 */
const COMMIT = `
local function version(name) return redis.call('HGET', name, 'version') or '0' end
if version(KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[6] ~= '' and version(KEYS[2]) ~= ARGV[6] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1] + 1, 'json', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if ARGV[5] ~= '' then redis.call('ZADD', KEYS[3], ARGV[5], ARGV[4]) end
if ARGV[6] == '' then return 1 end
local id = ARGV[9]
redis.call('HSET', KEYS[2], 'version', ARGV[6] + 1, 'json', ARGV[7])
redis.call('PEXPIRE', KEYS[2], ARGV[8])
if ARGV[12] == '1' then redis.call('ZREM', KEYS[4], id) else redis.call('ZADD', KEYS[4], ARGV[10], id) end
if ARGV[13] == '1' then redis.call('SADD', KEYS[6], id) else redis.call('SREM', KEYS[6], id) end
for _, list in ipairs({ KEYS[5], KEYS[7] }) do
  redis.call('ZADD', list, list == KEYS[5] and ARGV[11] or ARGV[10], id)
  redis.call('ZREMRANGEBYSCORE', list, '-inf', ARGV[14])
end
redis.call('PEXPIRE', KEYS[7], ARGV[8])
if ARGV[15] == '1' then redis.call('ZADD', KEYS[8], ARGV[11], id) else redis.call('ZREM', KEYS[8], id) end
redis.call('ZREMRANGEBYSCORE', KEYS[8], '-inf', ARGV[14])
redis.call('PEXPIRE', KEYS[8], ARGV[8])
if ARGV[16] == '1' then
  redis.call('ZADD', KEYS[9], 0, id)
  redis.call('PEXPIRE', KEYS[9], ARGV[8])
end
redis.call('ZADD', KEYS[10], ARGV[11], id)
redis.call('ZREMRANGEBYSCORE', KEYS[10], '(0', ARGV[14])
redis.call('PEXPIRE', KEYS[10], ARGV[8])
return 1
`;

/** Incidents on Redis: a document each, one a service of what the watch remembers, and sorted sets that find them. */
export function makeIncidents(redis: Redis): Incidents {
  async function read<T>(name: string): Promise<Versioned<T> | null> {
    const [version, json] = await redis.hmget(name, 'version', 'json');
    return version && json ? { version: Number(version), value: JSON.parse(json) as T } : null;
  }
  async function all(ids: readonly string[]): Promise<Incident[]> {
    const found = await Promise.all(ids.map((id) => read<Incident>(incidentKey(id))));
    return found.flatMap((one) => (one ? [one.value] : []));
  }

  return {
    async watched(serviceId) {
      return (await read<Watched>(watchedKey(serviceId))) ?? { version: 0, value: { state: null } };
    },
    incident: (id) => read<Incident>(incidentKey(id)),
    async commit({ serviceId, watched, nextMs, incident }) {
      const id = incident?.value.id ?? '';
      const own = [watchedKey(serviceId), incidentKey(id), DUE, OPEN, RECENT, UNSAID, listKey(serviceId)];
      const keys = [...own, UNFROZEN, PAGES_DUE, MARKS_DUE];
      const args = [watched.version, JSON.stringify(watched.value), WATCHED_LIFE_MS, serviceId, nextMs ?? ''] as const;
      return (await redis.eval(COMMIT, keys.length, ...keys, ...args, ...incidentArgs(incident))) === 1;
    },
    open: async () => all(await redis.zrange(OPEN, '0', '-1')),
    ofService: async (serviceId, most) => all(await redis.zrange(listKey(serviceId), '0', String(most - 1), 'REV')),
    since: async (ms) => all(await redis.zrange(RECENT, String(ms), '+inf', 'BYSCORE')),
    unsaid: () => redis.smembers(UNSAID),
    unfrozen: async (most) => all(await redis.zrange(UNFROZEN, '0', String(most - 1), 'REV')),
  };
}

function incidentArgs(incident: Versioned<Incident> | undefined): (string | number)[] {
  if (!incident) return ['', '', '', '', '', '', '', '', '', '', ''];
  const { id, openedMs, closed, unsaid, level } = incident.value;
  const changedMs = closed?.atMs ?? openedMs;
  const flags = [closed ? '1' : '0', unsaid.length > 0 ? '1' : '0'];
  const owed = owesFreeze(incident.value) ? '1' : '0';
  const life = closed ? CLOSED_LIFE_MS : OPEN_LIFE_MS;
  return [
    incident.version,
    JSON.stringify(incident.value),
    life,
    id,
    openedMs,
    changedMs,
    ...flags,
    changedMs - CLOSED_LIFE_MS,
    owed,
    level === 'page' ? '1' : '0',
  ];
}

function watchedKey(serviceId: string): string {
  return key('watched', idOf(serviceId));
}

export function incidentKey(id: string): string {
  return key('incident', id);
}

function listKey(serviceId: string): string {
  return key('incidents-of', idOf(serviceId));
}
