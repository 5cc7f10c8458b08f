import type { Redis } from 'ioredis';
import type { KnownElsewhere, SeenElsewhere } from '../model/history.js';
import { key } from './keys.js';
import { takeLease } from './lease.js';

const LIST = key('seen-elsewhere');
const TURN = key('known-elsewhere-turn');

/** Who is known to a metrics server alone: one JSON list, replaced as a whole. */
export function makeKnownElsewhere(redis: Redis): KnownElsewhere {
  const seen = async () => JSON.parse((await redis.get(LIST)) ?? '[]') as SeenElsewhere[];
  return {
    turn: (everyMs) => takeLease(redis, TURN, '1', everyMs),
    async replace(list, lifeMs) {
      await redis.set(LIST, JSON.stringify(list), 'PX', lifeMs);
    },
    seen,
    all: async () => (await seen()).map(({ replica }) => replica),
  };
}
