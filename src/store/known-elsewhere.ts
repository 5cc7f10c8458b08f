import type { Redis } from 'ioredis';
import type { KnownElsewhere } from '../model/history.js';
import type { Replica } from '../model/replica.js';
import { key } from './keys.js';

/** A metrics server that is away for longer is no help in finding a service. */
const LIFE_MS = 15 * 60_000;
const LIST = key('known-elsewhere');
const TURN = key('known-elsewhere-turn');

/** Who is known to a metrics server alone: one JSON list, replaced as a whole. */
export function makeKnownElsewhere(redis: Redis): KnownElsewhere {
  return {
    turn: async (everyMs) => (await redis.set(TURN, '1', 'PX', everyMs, 'NX')) === 'OK',
    async replace(replicas) {
      await redis.set(LIST, JSON.stringify(replicas), 'PX', LIFE_MS);
    },
    all: async () => JSON.parse((await redis.get(LIST)) ?? '[]') as Replica[],
  };
}
