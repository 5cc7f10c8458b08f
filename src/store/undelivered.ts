import type { Redis } from 'ioredis';
import type { Undelivered } from '../model/delivery.js';
import { pauseKey } from './budget.js';
import { CHANNELS, entryKey, PENDING_PREFIX } from './outbox.js';

/** As many of a channel as one drain looks at. */
const MOST = 200;

/**
 * KEYS: the channels with something to deliver, the pause of all. ARGV: prefix of the pending sets, prefix of entries, most of a channel. Gives
 * how many were never said, when the first of them was to be, and whether all rests.
 */
const LOOK = `
local waiting, since = 0, ''
for _, channel in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  for _, id in ipairs(redis.call('ZRANGE', ARGV[1] .. channel, 0, ARGV[3] - 1)) do
    local sent, created = unpack(redis.call('HMGET', ARGV[2] .. id, 'sentVersion', 'createdAtMs'))
    if sent == '0' then
      waiting = waiting + 1
      if since == '' or tonumber(created) < tonumber(since) then since = created end
    end
  end
end
return { waiting, since, redis.call('EXISTS', KEYS[2]) }
`;

/** What people should have been told by now. Edits are not among it: they have a budget to wait for, and their message is there. */
export function makeUndelivered(redis: Redis): () => Promise<Undelivered> {
  return async () => {
    const found = await redis.eval(LOOK, 2, CHANNELS, pauseKey('all'), PENDING_PREFIX, entryKey(''), MOST);
    const [waiting, since, rests] = found as [number, string, number];
    return { waiting, sinceMs: since === '' ? null : Number(since), refused: rests === 1 };
  };
}
