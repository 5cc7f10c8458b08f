import { drainOf, type Outbox, type Target } from '../src/model/message.js';
import type { Payload } from '../src/queue/catalogue.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { notAgain } from '../src/render/not-again.js';
import { plainMessage } from '../src/render/plain-message.js';
import type { Lost } from './edge.js';

/**
 * What a person waits for and will not come is said in its place: the answer's, the picture's, or, for what was to be shown to
 * a channel, to the one who wanted that. Nobody waits for a `deliver` or a `sample`: they are asked for again anyway.
 */
export function makeLost({ outbox, enqueue }: { readonly outbox: Outbox; readonly enqueue: Enqueue }): Lost {
  const deliver = (channel: string) => deliverSoon(enqueue, channel);
  /** What was said of it before: by a round of this check, or by another one of the same alerts. */
  const answered = ({ round, askedBy, outboxKey }: Payload<'check'>) =>
    round > 0 || !askedBy ? outbox.get(outboxKey) : Promise.resolve(null);
  return async (name, payload, sentence) => {
    if (name === 'chart') {
      const { outboxKey, version } = payload as Payload<'chart'>;
      await outbox.chartFailed(outboxKey, version, `No chart: ${sentence}`);
      const entry = await outbox.get(outboxKey);
      if (entry) await deliver(drainOf(entry.target));
    } else if ('target' in payload && payload.target) {
      const { outboxKey, target } = payload;
      const known = name === 'check' ? await answered(payload as Payload<'check'>) : null;
      if (known) {
        // a good answer is not replaced by what went wrong later
        await outbox.say(outboxKey, target, notAgain(known.message, sentence), known.chart);
        return deliver(drainOf(known.target));
      }
      const own = name === 'share' ? toPerson(target) : null;
      // under a key of its own: what was shared before it broke off stays
      await outbox.say(own ? `${outboxKey}-e` : outboxKey, own ?? target, plainMessage(sentence));
      await deliver(drainOf(target));
    }
  };
}

function toPerson(target: Target): Target | null {
  return target.user ? { ...target, kind: 'person', user: target.user } : null;
}
