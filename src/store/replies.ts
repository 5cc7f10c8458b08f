import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Replies } from '../model/message.js';
import { key } from './keys.js';

/** A response URL is good for 5 answers in 30 minutes (docs.slack.dev/interactivity/handling-user-interaction). */
const LIFE_MS = 30 * 60_000;
const USES = 5;

const USE = `
local url = redis.call('HGET', KEYS[1], 'url')
if not url or redis.call('HINCRBY', KEYS[1], 'left', -1) < 0 then return false end
return {url, redis.call('HGET', KEYS[1], 'replaces')}
`;

/** Response URLs are bearer secrets: they lie here under a random id, and only the id is in jobs and logs. */
export function makeReplies(redis: Redis): Replies {
  return {
    async put({ url, replaces }) {
      const id = randomBytes(12).toString('hex');
      const name = key('reply', id);
      await redis
        .multi()
        .hset(name, { url, replaces: String(replaces), left: USES })
        .pexpire(name, LIFE_MS)
        .exec();
      return id;
    },
    async use(replyId) {
      const found = await redis.eval(USE, 1, key('reply', replyId));
      return Array.isArray(found) ? { url: String(found[0]), replaces: found[1] === 'true' } : null;
    },
  };
}
