import type { Redis } from 'ioredis';
import type { Remembered, RememberedStore } from '../model/history.js';
import type { Run } from '../model/replica.js';
import { idOf, key } from './keys.js';
import { fromRolledUp, ROLL_UP_UNITS, toRolledUp } from './roll-up.js';
import { packRows, unpackColumns } from './sample-codec.js';

/** `packRows` counts them with 16 bits. */
const MAX_ROWS = 65_535;

/**
 * What a metrics server remembers of a replica, beside our own samples and apart from them: rows as roll-ups (at most about 40 bytes each, 14
 * days of five minutes are 4,032), lives as JSON.
 */
export function makeRemembered(redis: Redis): RememberedStore {
  return {
    async read(replica) {
      const { rows, runs, partial, otherName } = await redis.hgetallBuffer(rememberedKey(replica));
      if (!rows || !runs) return null;
      const samples = rows.length > 0 ? toRolledUp(unpackColumns(rows, ROLL_UP_UNITS)) : [];
      const remembered: Remembered = { samples, runs: JSON.parse(runs.toString()) as Run[] };
      const words = {
        ...(partial ? { partial: partial.toString() } : {}),
        ...(otherName ? { otherName: otherName.toString() } : {}),
      };
      return { ...remembered, ...words };
    },

    async keep(replica, { samples, runs, partial, otherName }, lifeMs) {
      const rows = [...samples].slice(-MAX_ROWS).map(fromRolledUp);
      const packed = rows.length > 0 ? packRows(rows, ROLL_UP_UNITS) : Buffer.alloc(0);
      const name = rememberedKey(replica);
      const words = { ...(partial === undefined ? {} : { partial }), ...(otherName === undefined ? {} : { otherName }) };
      await redis
        .multi()
        .del(name)
        .hset(name, { rows: packed, runs: JSON.stringify(runs), ...words })
        .pexpire(name, lifeMs)
        .exec();
    },
  };
}

function rememberedKey(replica: string): string {
  return key('remembered', idOf(replica));
}
