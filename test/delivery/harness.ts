import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import type { JobContext } from '../../jobs/context.js';
import { makeDeliver } from '../../jobs/deliver.js';
import { makeClients } from '../../src/delivery/client.js';
import type { DeliveryLimits } from '../../src/delivery/limits.js';
import { makeDelivery } from '../../src/delivery/step.js';
import type { Budget, Checkpoint, Claims, OutboxDrain } from '../../src/model/delivery.js';
import type { JobName } from '../../src/queue/catalogue.js';
import type { Enqueue, EnqueueOptions } from '../../src/queue/enqueue.js';
import { BUDGET_LIMITS, type BudgetLimits, makeBudget } from '../../src/store/budget.js';
import { type ClaimLimits, makeClaims } from '../../src/store/claims.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { connectRedis } from '../../src/store/redis.js';
import { makeReplies } from '../../src/store/replies.js';
import { untilReady } from '../support/parts/redis.js';

/** Delivery's waits, a hundred times shorter. */
export const FAST: DeliveryLimits = {
  settleMs: 200,
  repeatAfterMs: 600,
  lookUpMs: 3_000,
  replyEditMs: 60,
  backoffMs: { first: 10, last: 100 },
  tokenPauseMs: 100,
  refusals: 3,
};
export const FAST_CLAIM: ClaimLimits = { sendWindowMs: 200, requestMs: 250, marginMs: 50 };
const FAST_BUDGET: BudgetLimits = { ...BUDGET_LIMITS, postSpacingMs: 3, updateBurst: 1_000 };

export type Asked = { readonly name: JobName; readonly payload: unknown; readonly options: EnqueueOptions | undefined };
export const BLOCK = (text: string) => ({ type: 'section', text: { type: 'plain_text', text } });
export const said = (text: string) => ({ text, blocks: [BLOCK(text)] });
export const silent: Logger = pino({ level: 'silent' });

export type HarnessOptions = {
  readonly limits?: Partial<DeliveryLimits>;
  readonly budget?: Partial<BudgetLimits>;
  readonly claim?: ClaimLimits;
  readonly checkpoint?: Checkpoint;
  readonly wrapDrain?: (drain: OutboxDrain) => OutboxDrain;
  readonly wrapBudget?: (budget: Budget) => Budget;
  readonly wrapClaims?: (claims: Claims) => Claims;
  readonly log?: Logger;
  readonly fallbackChannel?: string;
};

/** Delivery on a real Redis, its queue played by hand: `settle` runs the drain until nothing waits. */
export async function makeHarness(redisUrl: string, apiUrl: string, options: HarnessOptions = {}) {
  const redis = connectRedis(redisUrl, 2_000, () => {});
  await untilReady(redis);
  const outbox = (options.wrapDrain ?? ((same) => same))(makeOutbox(redis));
  const replies = makeReplies(redis);
  const claim = options.claim ?? FAST_CLAIM;
  const claims = (options.wrapClaims ?? ((same) => same))(makeClaims(redis, claim, () => performance.now()));
  const budget = (options.wrapBudget ?? ((same) => same))(makeBudget(redis, { ...FAST_BUDGET, ...options.budget }));
  const asked: Asked[] = [];
  const enqueue: Enqueue = async (name, payload, given) => void asked.push({ name, payload, options: given });
  const delivery = makeDelivery({
    ...{ drain: outbox, budget, replies, requestMs: claim.requestMs, random: () => 0, log: options.log ?? silent },
    makeClient: makeClients('xoxb-test', claim.requestMs, apiUrl),
    limits: { ...FAST, ...options.limits },
    fallbackChannel: options.fallbackChannel,
  });
  const checkpoint = options.checkpoint ? { checkpoint: options.checkpoint } : {};
  const deliver = makeDeliver({ outbox, claims, delivery, enqueue, ...checkpoint });

  return {
    ...{ redis, outbox, replies, budget, claims, asked, enqueue, delivery },
    drain: (channel: string) => deliver({ v: 1, channel }, contextOf(options.log)),
    /** As the queue would: each delayed `deliver` is run when it is due. */
    async settle(channel: string, ms = 5_000) {
      const deadline = Date.now() + ms;
      while (Date.now() < deadline) {
        const before = asked.length;
        await deliver({ v: 1, channel }, contextOf(options.log));
        const next = asked.slice(before).findLast((one) => one.name === 'deliver');
        if (!next) return;
        await sleep(next.options?.delayMs ?? 0);
      }
      throw new Error(`${channel} did not settle in ${ms} ms`);
    },
    async close() {
      await redis.quit();
    },
  };
}

export function contextOf(log: Logger = silent, startedBefore = 0): JobContext {
  return { jobId: '1', startedBefore, log, signal: new AbortController().signal, nowMs: Date.now };
}

export type Harness = Awaited<ReturnType<typeof makeHarness>>;
