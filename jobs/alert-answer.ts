import { endedUnheard, heard, isHeard, isOver, markOf, withUnheard } from '../src/incidents/alert-case.js';
import type { Alert, AlertCase, Alerts } from '../src/model/alert.js';
import type { Storms } from '../src/model/incident.js';
import type { Outbox, Target } from '../src/model/message.js';
import type { Place } from '../src/model/news.js';
import type { ServiceRef } from '../src/model/replica.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { alarmWords, manyMessage, strayMessage } from '../src/render/alarm.js';
import { plainMessage } from '../src/render/plain-message.js';
import type { JobContext } from './context.js';
import type { PlaceOf } from './place-of.js';

/** Alerts that have no incident: a check answers them, or, when they are about nobody here, what they say of themselves is said. */
export type AnswerPorts = {
  readonly alerts: Alerts;
  readonly outbox: Pick<Outbox, 'say' | 'get'>;
  readonly storms: Pick<Storms, 'join'>;
  readonly enqueue: Enqueue;
  readonly placeOf: PlaceOf;
};

/** A case, with those of it marked that are not heard of any more; the same when nothing changed. */
export async function asHeard(one: AlertCase, alerts: Pick<Alerts, 'heardMs'>, nowMs: number): Promise<AlertCase> {
  return withUnheard(one, await alerts.heardMs(one.alerts.map(({ id }) => id)), nowMs);
}

async function caseOf(subject: string, { alerts }: AnswerPorts, nowMs: number): Promise<AlertCase | null> {
  const one = await alerts.read(subject);
  return one && asHeard(one, alerts, nowMs);
}

/** Not (surely) leaking: a check says what it is, and stays one message for all that fires at a time. */
export async function answerAlert(
  service: ServiceRef,
  alert: Alert,
  place: Place,
  ports: AnswerPorts,
  nowMs: number,
): Promise<void> {
  const before = await caseOf(service.id, ports, nowMs);
  if (isOver(before, alert)) return;
  const one = heard(before, alert);
  if (one.key !== before?.key) {
    // Alerts about many at once are one message, as leaks are; they are counted apart from those.
    const storm = await ports.storms.join(`alerts ${place.channel}`, { id: one.key, service }, false, nowMs);
    if (storm) return sayMany(storm, alert, place, ports, nowMs);
  }
  await ports.alerts.keep(service.id, one);
  const target: Target = { kind: 'channel', ...place };
  const check = { v: 1, outboxKey: one.key, target, serviceId: service.id, askedAtMs: nowMs, round: 0 } as const;
  await ports.enqueue('check', check, { once: `${one.key} ${markOf(alert)}` });
}

/** One message for all of a storm, changed when more of it comes. */
async function sayMany(storm: string, alert: Alert, place: Place, ports: AnswerPorts, nowMs: number): Promise<void> {
  for (let said = ''; ; ) {
    const before = await ports.alerts.read(storm);
    const one = heard(before, alert, storm);
    await ports.alerts.keep(storm, one);
    const now = JSON.stringify(one);
    // Another worker may have written in between: said last is what there is.
    if (now === said) break;
    await ports.outbox.say(storm, { kind: 'channel', channel: place.channel }, manyMessage(one, nowMs));
    said = now;
  }
  await deliverSoon(ports.enqueue, place.channel);
}

/** In the thread of what answered it. Nobody was told of it: nobody is told that it is over. */
export async function noteEnd(serviceId: string, alert: Alert, ports: AnswerPorts, nowMs: number): Promise<void> {
  const before = await ports.alerts.read(serviceId);
  if (!isHeard(before, alert)) return ports.alerts.keep(serviceId, endedUnheard(before, alert));
  await ports.alerts.keep(serviceId, heard(before, alert));
  const entry = await ports.outbox.get(before.key);
  if (!entry || entry.state === 'failed') return;
  if (!entry.ts) throw new Error('what answered it is not said yet');
  const channel = entry.postedChannel ?? entry.target.channel;
  const target: Target = { kind: 'channel', channel, threadTs: entry.target.threadTs ?? entry.ts };
  await ports.outbox.say(`${before.key}-${alert.id.slice(0, 16)}`, target, plainMessage(alarmWords(alert, nowMs)));
  await deliverSoon(ports.enqueue, channel);
}

/** About nobody here, or about one of several: one message for a group, changed when more of it comes. */
export async function sayStray(
  alert: Alert,
  services: readonly ServiceRef[],
  ports: AnswerPorts,
  { nowMs, log }: JobContext,
): Promise<void> {
  const subject = `alerts ${alert.group}`;
  const before = await caseOf(subject, ports, nowMs());
  if (isOver(before, alert)) return;
  if (alert.status === 'resolved' && !isHeard(before, alert)) return ports.alerts.keep(subject, endedUnheard(before, alert));
  const place = ports.placeOf([])?.place;
  if (!place)
    return log.warn(
      { alert: alert.name, labels: alert.labels },
      'an alert about no service that is known, and no channel to say it in',
    );
  const one = { ...heard(before, alert), services };
  await ports.alerts.keepStray(subject, one);
  await ports.outbox.say(one.key, { kind: 'channel', ...place }, strayMessage(one, nowMs()));
  await deliverSoon(ports.enqueue, place.channel);
}
