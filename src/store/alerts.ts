import type { Redis } from 'ioredis';
import type { AlertCase, Alerts } from '../model/alert.js';
import { idOf, key } from './keys.js';

/** What fires for longer is sent again meanwhile (`repeat_interval`), and kept anew by that. */
const LIFE_MS = 14 * 24 * 3_600_000;
const STRAYS = key('alerts-strays');
const HEARD = key('alerts-heard');
const OVER = key('alerts-over');
const TURN_PREFIX = key('alert-turn', '');
/** A sender of several, or one that tries again, says that it fires this long after another has said that it is over. A choice. */
const LATE_MS = 5 * 60_000;

/** KEYS: when each was heard to be over. ARGV: now, late, life, prefix of the counts of turns, then id and whether it fires, of each. Gives the counts. */
const TURNS = `
local now, turns = tonumber(ARGV[1]), {}
for i = 5, #ARGV, 2 do
  local id, count = ARGV[i], ARGV[4] .. ARGV[i]
  local over = redis.call('ZSCORE', KEYS[1], id)
  if ARGV[i + 1] ~= '1' then
    redis.call('ZADD', KEYS[1], 'NX', now, id)
  elseif over and now - tonumber(over) > tonumber(ARGV[2]) then
    redis.call('ZREM', KEYS[1], id)
    redis.call('INCR', count)
  end
  redis.call('PEXPIRE', count, ARGV[3])
  turns[#turns + 1] = tonumber(redis.call('GET', count) or 0)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return turns
`;

/**
 * Alerts that have no incident: a JSON document a service, or a group. Whoever writes has the subject to himself (`Rounds.alone`). When each
 * alert was sent last is a sorted set of their ids, whatever became of it.
 */
export function makeAlerts(redis: Redis): Alerts {
  const caseKey = (subject: string) => key('alerts', idOf(subject));
  return {
    async read(subject) {
      const json = await redis.get(caseKey(subject));
      return json ? (JSON.parse(json) as AlertCase) : null;
    },
    async keep(subject, one) {
      await redis.set(caseKey(subject), JSON.stringify(one), 'PX', LIFE_MS);
    },
    async keepStray(subject, one) {
      const fires = one.alerts.some(({ status }) => status === 'firing');
      const multi = redis.multi().set(caseKey(subject), JSON.stringify(one), 'PX', LIFE_MS);
      if (fires) multi.sadd(STRAYS, subject).pexpire(STRAYS, LIFE_MS);
      else multi.srem(STRAYS, subject);
      await multi.exec();
    },
    async strays() {
      const subjects = await redis.smembers(STRAYS);
      const there = await Promise.all(subjects.map((subject) => redis.exists(caseKey(subject))));
      const gone = subjects.filter((_, i) => !there[i]);
      if (gone.length > 0) await redis.srem(STRAYS, ...gone);
      return subjects.filter((_, i) => there[i]);
    },
    async turns(alerts, nowMs) {
      if (alerts.length === 0) return [];
      const args = alerts.flatMap(({ id, status }) => [id, status === 'firing' ? '1' : '0']);
      const turns = (await redis.eval(TURNS, 1, OVER, nowMs, LATE_MS, LIFE_MS, TURN_PREFIX, ...args)) as number[];
      return alerts.map(({ id }, i) => (turns[i] ? idOf(`${id} ${turns[i]}`) : id));
    },
    async hear(ids, nowMs) {
      if (ids.length === 0) return;
      const multi = redis.multi().zadd(HEARD, ...ids.flatMap((id) => [nowMs, id]));
      await multi
        .zremrangebyscore(HEARD, '-inf', nowMs - LIFE_MS)
        .pexpire(HEARD, LIFE_MS)
        .exec();
    },
    async heardMs(ids) {
      if (ids.length === 0) return new Map();
      const scores = await redis.zmscore(HEARD, ...ids);
      return new Map(ids.flatMap((id, i) => (scores[i] == null ? [] : [[id, Number(scores[i])] as const])));
    },
  };
}
