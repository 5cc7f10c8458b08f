import type { Logger } from 'pino';
import { type Budget, type Delivery, type OutboxDrain, routeOf, type Step } from '../model/delivery.js';
import type { Replies } from '../model/message.js';
import type { MakeClient } from './client.js';
import type { StepContext } from './context.js';
import { edit, editReply } from './edit.js';
import { firstPost } from './first-post.js';
import type { DeliveryLimits } from './limits.js';
import { makeBotId } from './reconcile.js';
import { resume } from './resume.js';

export type DeliveryPorts = {
  readonly drain: OutboxDrain;
  readonly budget: Budget;
  readonly replies: Replies;
  readonly makeClient: MakeClient;
  /** The time limit of a request: that of the clients, and what the claims are made for. */
  readonly requestMs: number;
  readonly limits: DeliveryLimits;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** 0…1, for waits. */
  readonly random: () => number;
};

/**
 * One entry, one step on:
 *
 *   post in flight ── resume (look it up) ──▶ found: receipt │ not there: first post │ who knows: wait, then say so
 *   not said yet   ── first post ──▶ slot, claim, intent, request, receipt
 *   said           ── edit ──▶ budget, claim, request, receipt
 *
 * Every failure of Slack comes back as a wait or ends the message; what is thrown is Redis' or a bug.
 */
export function makeDelivery(ports: DeliveryPorts): Delivery {
  const reader = ports.makeClient(() => true);
  const botId = makeBotId(reader);
  return {
    async step(entry, claim, checkpoint): Promise<Step> {
      const client = ports.makeClient(() => claim.inTime());
      const context: StepContext = { ...ports, claim, checkpoint, client, reader, botId };
      if (entry.state === 'intent') return resume(context, entry);
      if (entry.ts) return edit(context, entry, entry.ts);
      if (entry.sentVersion > 0 && routeOf(entry) !== 'web') return editReply(context, entry);
      return firstPost(context, entry);
    },
  };
}
