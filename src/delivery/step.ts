import { type Delivery, routeOf, type Step } from '../model/delivery.js';
import type { DeliveryPorts, StepContext } from './context.js';
import { edit, editReply } from './edit.js';
import { firstPost } from './first-post.js';
import { makeBotId } from './reconcile.js';
import { resume } from './resume.js';

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
