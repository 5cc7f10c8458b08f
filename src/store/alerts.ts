import type { Redis } from 'ioredis';
import type { AlertCase, Alerts } from '../model/alert.js';
import { idOf, key } from './keys.js';

/** What fires for longer is sent again meanwhile (`repeat_interval`), and kept anew by that. */
const LIFE_MS = 14 * 24 * 3_600_000;
const STRAYS = key('alerts-strays');
const HEARD = key('alerts-heard');

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
