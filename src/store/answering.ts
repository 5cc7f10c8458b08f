import type { Redis } from 'ioredis';
import type { Answering, Unanswered } from '../model/answering.js';
import { key } from './keys.js';

/** Workers ask each minute. When none does any more, nothing is known. */
const LIFE_MS = 10 * 60_000;
/** What comes and goes within this is one trouble. A choice. */
const SAME_MS = 60 * 60_000;
const UNANSWERED = key('metrics-unanswered');
const SAID = key('metrics-unanswered-said');

/** That a metrics server does not answer: a JSON document that lives as long as it is written anew. Only who has the turn to ask writes. */
export function makeAnswering(redis: Redis): Answering {
  return {
    async unanswered() {
      const json = await redis.get(UNANSWERED);
      return json ? (JSON.parse(json) as Unanswered) : null;
    },
    async keep(unanswered) {
      const { saidUnder } = unanswered;
      const multi = redis.multi().set(UNANSWERED, JSON.stringify(unanswered), 'PX', LIFE_MS);
      if (saidUnder) multi.set(SAID, saidUnder, 'PX', SAME_MS);
      await multi.exec();
    },
    async clear() {
      await redis.del(UNANSWERED);
    },
    lastSaidUnder: () => redis.get(SAID),
  };
}
