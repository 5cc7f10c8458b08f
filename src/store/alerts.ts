import type { Redis } from 'ioredis';
import type { AlertCase, Alerts } from '../model/alert.js';
import { idOf, key } from './keys.js';

/** What fires for longer is sent again meanwhile (`repeat_interval`), and kept anew by that. */
const LIFE_MS = 14 * 24 * 3_600_000;

/** Alerts that have no incident: a JSON document a service, or a group. Whoever writes has the subject to himself (`Rounds.alone`). */
export function makeAlerts(redis: Redis): Alerts {
  return {
    async read(subject) {
      const json = await redis.get(key('alerts', idOf(subject)));
      return json ? (JSON.parse(json) as AlertCase) : null;
    },
    async keep(subject, one) {
      await redis.set(key('alerts', idOf(subject)), JSON.stringify(one), 'PX', LIFE_MS);
    },
  };
}
