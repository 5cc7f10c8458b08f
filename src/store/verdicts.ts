import type { Redis } from 'ioredis';
import type { Verdicts } from '../model/verdict.js';
import { idOf, key } from './keys.js';

/** The watch looks at everybody within minutes: who was not looked at for so long is gone. */
const FRESH_MS = 3_600_000;
const VERDICTS = key('verdicts');

/** One hash: `<when> <verdict>` by service. */
export function makeVerdicts(redis: Redis): Verdicts {
  return {
    async keep(serviceId, verdict, nowMs) {
      await redis.multi().hset(VERDICTS, idOf(serviceId), `${nowMs} ${verdict}`).pexpire(VERDICTS, FRESH_MS).exec();
    },
    async counts(nowMs) {
      const counts = { leaking: 0, suspicious: 0, stable: 0, unknown: 0 };
      const gone: string[] = [];
      for (const [id, text] of Object.entries(await redis.hgetall(VERDICTS))) {
        const [atMs = '', verdict = ''] = text.split(' ');
        if (nowMs - Number(atMs) > FRESH_MS) gone.push(id);
        else if (verdict in counts) counts[verdict as keyof typeof counts] += 1;
      }
      if (gone.length > 0) await redis.hdel(VERDICTS, ...gone);
      return counts;
    },
  };
}
