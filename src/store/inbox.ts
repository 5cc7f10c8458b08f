import type { Redis } from 'ioredis';
import { idOf, key } from './keys.js';

/** Slack repeats an event for about six minutes; a day leaves room for anything (reliability DR4). */
const REMEMBERED_SECONDS = 24 * 3600;

/** Port's implementation: what was already said to a person for a delivery of Slack's, so that a doubled one is silent. */
export function makeInbox(redis: Redis): { first(id: string): Promise<boolean> } {
  return {
    async first(id) {
      return (await redis.set(key('said', idOf(id)), '1', 'EX', REMEMBERED_SECONDS, 'NX')) === 'OK';
    },
  };
}
