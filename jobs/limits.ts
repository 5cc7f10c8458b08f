import { adviseLimit, usedHistory } from '../src/analysis/limit-advice.js';
import { withoutSamples } from '../src/model/host.js';
import type { LimitAdvice, UsedHistory } from '../src/model/limits.js';
import type { Outbox } from '../src/model/message.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { limitsMessage } from '../src/render/limits-message.js';
import type { Processor } from './context.js';
import { assessNow, DEFAULT_WINDOW_MS, fleet, type LookPorts } from './look.js';

export type LimitsPorts = LookPorts & { readonly outbox: Outbox; readonly enqueue: Enqueue };

/** `/leak limits`: who has no memory limit or is near it, and what it should be. Services are looked at one by one, as `top` does. */
export function makeLimits(ports: LimitsPorts): Processor<'limits'> {
  return async ({ outboxKey, target }, { nowMs, signal }) => {
    const { replicas, beats } = await fleet(ports);
    const running = replicas.filter((replica) => replica.running);
    const services = new Map(running.map((replica) => [replica.service.id, replica.service]));
    const advice: LimitAdvice[] = [];
    for (const service of services.values()) {
      signal.throwIfAborted();
      const own = running.filter((replica) => replica.service.id === service.id);
      const used = new Map<string, UsedHistory>();
      const { verdict, replicas: judged } = await assessNow(service, own, beats, DEFAULT_WINDOW_MS, nowMs(), ports, (series) =>
        used.set(series.replica.key, usedHistory(series)),
      );
      for (const one of judged) {
        const history = used.get(one.replica.key) ?? { limitBytes: one.replica.limitBytes, coveredMs: 0 };
        advice.push(adviseLimit(one.replica, history, verdict === 'leaking' || one.verdict === 'leaking'));
      }
    }
    const view = { nowMs: nowMs(), windowMs: DEFAULT_WINDOW_MS };
    await ports.outbox.say(outboxKey, target, limitsMessage(advice, withoutSamples(beats, nowMs()), view));
    await deliverSoon(ports.enqueue, target);
  };
}
