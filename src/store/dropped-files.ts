import type { Redis } from 'ioredis';
import type { Carrier, Dropped, DroppedFiles } from '../model/dropped-file.js';
import { key } from './keys.js';

/** Events of one message come within minutes, a doubled one too. */
const LIFE_MS = 24 * 3_600_000;
/** As long as the outbox keeps what was said. */
const ANSWERS_MS = 7 * 24 * 3_600_000;
/** A channel with more answers about heaps in a week has no quiet thread left. */
const MOST_ANSWERS = 200;
const ASKED = 'asked';

/** Files of a message: a set of their ids. Answers about heaps: a sorted set a channel, by the time they were said. */
export function makeDroppedFiles(redis: Redis): DroppedFiles {
  const ofCarrier = ({ channel, ts }: Carrier) => key('dropped', channel, ts);
  const answers = (channel: string) => key('heap-answers', channel);

  async function of(carrier: Carrier): Promise<Dropped> {
    const members = await redis.smembers(ofCarrier(carrier));
    return { fileIds: members.filter((one) => one !== ASKED).sort(), asked: members.includes(ASKED) };
  }

  return {
    async add(carrier, { fileIds, asked }) {
      const name = ofCarrier(carrier);
      const members = [...fileIds, ...(asked ? [ASKED] : [])];
      await redis.multi().sadd(name, members).pexpire(name, LIFE_MS).exec();
      return of(carrier);
    },
    of,
    async answered(channel, outboxKey, nowMs) {
      const name = answers(channel);
      const multi = redis.multi().zadd(name, String(nowMs), outboxKey);
      multi.zremrangebyscore(name, '-inf', nowMs - ANSWERS_MS).zremrangebyrank(name, 0, -MOST_ANSWERS - 1);
      await multi.pexpire(name, ANSWERS_MS).exec();
    },
    answersIn: (channel) => redis.zrange(answers(channel), '0', '-1', 'REV'),
  };
}
