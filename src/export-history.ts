import { once } from 'node:events';
import { eachSeriesThen } from '../jobs/series-then.js';
import { withDeadline, worldError } from './errors.js';
import type { Streams } from './offline/answer.js';
import { type Asked, exportService } from './offline/export-service.js';
import { suggest } from './render/suggest.js';
import { spanMs } from './slack/parse.js';
import { resolveService } from './slack/resolve.js';
import { makeInventory } from './store/inventory.js';
import { makeLedger } from './store/ledger.js';
import { connectRedis } from './store/redis.js';
import { makeRuns } from './store/runs.js';
import { makeSamples } from './store/samples.js';

const CONNECT_MS = 5_000;
/** Who waits at a terminal can wait for a Redis that is busy. */
const COMMAND_MS = 30_000;

/** `leakwatch export`: what Redis has of a service, on standard output. Gives the exit code. */
export async function exportHistory(asked: Asked, redisUrl: string, streams: Omit<Streams, 'stdin'>): Promise<number> {
  let trouble: Error | undefined;
  const redis = connectRedis(redisUrl, COMMAND_MS, (error) => {
    trouble = error;
  });
  const ports = {
    inventory: makeInventory(redis),
    samples: makeSamples(redis),
    runs: makeRuns(redis),
    ledger: makeLedger(redis, ({ message }) => streams.stderr.write(`leakwatch: the run ledger of ${message}\n`)),
  };
  /** The first read waits for the connection. */
  async function connected(): Promise<void> {
    if (redis.status === 'ready') return;
    try {
      await withDeadline(CONNECT_MS, 'Redis', (signal) => once(redis, 'ready', { signal }));
    } catch (error) {
      throw worldError(`Redis (REDIS_URL) does not answer${trouble?.message ? `: ${trouble.message}` : ''}`, error);
    }
  }
  try {
    return await exportService(
      asked,
      {
        inventory: {
          all: async () => {
            await connected();
            return ports.inventory.all();
          },
        },
        eachSeries: (serviceId, windowMs) => eachSeriesThen(serviceId, Date.now(), ports, windowMs),
        ...{ resolve: resolveService, suggest, spanMs },
      },
      streams,
    );
  } finally {
    redis.disconnect();
  }
}
