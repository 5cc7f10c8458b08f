import type { Alerts } from '../src/model/alert.js';
import type { Rounds } from '../src/model/incident.js';
import type { Outbox } from '../src/model/message.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { strayMessage } from '../src/render/alarm.js';
import { asHeard } from './alert-answer.js';

export type UnheardPorts = {
  readonly alerts: Alerts;
  readonly rounds: Pick<Rounds, 'alone'>;
  readonly outbox: Pick<Outbox, 'get' | 'say'>;
  readonly enqueue: Enqueue;
  readonly nowMs: () => number;
};

/**
 * Alerts about nobody here have nobody who looks whether it is so: what they say stands until their sender says otherwise. When that is not
 * heard of any more, their message says since when, and takes it back when it is. What is about a service that is sampled needs none of
 * this: memory tells.
 */
export function makeMarkUnheard(ports: UnheardPorts): () => Promise<void> {
  return async () => {
    // Who is at one now says it as it is; else it is marked the next time.
    for (const subject of await ports.alerts.strays()) await ports.rounds.alone(subject, () => mark(subject, ports));
  };
}

async function mark(subject: string, ports: UnheardPorts): Promise<void> {
  const { alerts, outbox, enqueue } = ports;
  const nowMs = ports.nowMs();
  const before = await alerts.read(subject);
  const now = before && (await asHeard(before, alerts, nowMs));
  if (!now || now === before) return;
  const entry = await outbox.get(now.key);
  if (entry) {
    await outbox.say(now.key, entry.target, strayMessage(now, nowMs));
    await deliverSoon(enqueue, entry.target);
  }
  await alerts.keepStray(subject, now);
}
