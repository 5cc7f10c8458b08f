import { pino } from 'pino';
import { type ConsumeSettings, consume } from '../../jobs/consume.js';
import { makeDeliver } from '../../jobs/deliver.js';
import { makeClients } from '../../src/delivery/client.js';
import type { DeliveryLimits } from '../../src/delivery/limits.js';
import { makeDelivery } from '../../src/delivery/step.js';
import type { Checkpoint, Delivery, OutboxDrain } from '../../src/model/delivery.js';
import { makeProducer } from '../../src/queue/enqueue.js';
import { type BudgetLimits, makeBudget } from '../../src/store/budget.js';
import { type ClaimLimits, makeClaims } from '../../src/store/claims.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { connectRedis } from '../../src/store/redis.js';
import { makeReplies } from '../../src/store/replies.js';
import { untilReady } from '../support/parts/redis.js';

export type Point = Parameters<Checkpoint>[0];
/** `loaded`: imports are done. `ready`: it takes jobs. A point: it stands there until it is killed. */
export type Report = 'loaded' | 'ready' | Point;

/** What a worker is told once it is loaded; sent over its IPC channel. */
export type Orders = {
  readonly redisUrl: string;
  readonly apiUrl: string;
  /** Where it stops and reports, so as to be killed there; null: nowhere. */
  readonly strike: Point | null;
  readonly settings: ConsumeSettings;
  readonly claim: ClaimLimits;
  readonly limits: DeliveryLimits;
  readonly budget: BudgetLimits;
  /** Negative control: a delivery that forgets that a post was begun. */
  readonly forgets: boolean;
};

/** Five seconds in production. */
const COMMAND_MS = 600;

/** The process that is killed: the queue, the outbox and the delivery of a real worker, and nothing that it does not need. */
async function work(orders: Orders): Promise<void> {
  const log = pino({ level: process.env.KILL_LOG ?? 'silent' }, pino.destination({ fd: 2, sync: true }));
  const redis = connectRedis(orders.redisUrl, COMMAND_MS, () => {});
  await untilReady(redis);
  const { enqueue } = makeProducer(orders.redisUrl, () => {});
  const outbox = makeOutbox(redis);
  const delivery = makeDelivery({
    ...{ drain: outbox, budget: makeBudget(redis, orders.budget), replies: makeReplies(redis), log, random: Math.random },
    ...{ makeClient: makeClients('xoxb-test', orders.claim.requestMs, orders.apiUrl), requestMs: orders.claim.requestMs },
    limits: orders.limits,
  });
  const deliver = makeDeliver({
    ...{ outbox, enqueue, claims: makeClaims(redis, orders.claim, () => performance.now()) },
    delivery: orders.forgets ? forgetful(delivery, outbox) : delivery,
    checkpoint: (name) => (name === orders.strike ? standStill(name) : undefined),
  });
  const lost = async (name: string) => void log.error({ name }, 'lost');
  consume('deliver', { redisUrl: orders.redisUrl, concurrency: 8, processors: { deliver }, log, lost }, orders.settings);
  report('ready');
}

function standStill(name: Point): Promise<void> {
  report(name);
  return new Promise(() => {});
}

function report(what: Report): void {
  process.send?.(what);
}

/** What nearly everybody's delivery does: a retry posts, without asking whether the first one arrived. */
function forgetful(delivery: Delivery, outbox: OutboxDrain): Delivery {
  return {
    async step(entry, claim, checkpoint) {
      if (entry.state !== 'intent') return delivery.step(entry, claim, checkpoint);
      await outbox.unsent(entry.key, claim);
      return delivery.step({ ...entry, state: 'pending' }, claim, checkpoint);
    },
  };
}

process.once('disconnect', () => process.exit(1));
process.once('message', (orders) => void work(orders as Orders));
report('loaded');
