import { pino } from 'pino';
import { consume } from '../../jobs/consume.js';
import { makeLost } from '../../jobs/lost.js';
import { JOB_NAMES } from '../../src/queue/catalogue.js';
import { makeProducer } from '../../src/queue/enqueue.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { connectRedis } from '../../src/store/redis.js';
import { untilReady } from '../support/parts/redis.js';

/** A worker that every job kills, as one does that takes all memory: nothing is caught, nothing is said. */
async function work(redisUrl: string): Promise<void> {
  const redis = connectRedis(redisUrl, 2_000, () => {});
  await untilReady(redis);
  const { enqueue } = makeProducer(redisUrl, () => {});
  const die = async () => void process.kill(process.pid, 'SIGKILL');
  const processors = Object.fromEntries(JOB_NAMES.map((name) => [name, die]));
  const lost = makeLost({ outbox: makeOutbox(redis), enqueue });
  const parts = { redisUrl, concurrency: 1, processors, log: pino({ level: 'silent' }), lost };
  consume('work', parts, { lockDuration: 200, stalledInterval: 60 });
}

process.once('disconnect', () => process.exit(1));
process.once('message', (redisUrl) => void work(String(redisUrl)));
