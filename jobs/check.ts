import { LeakwatchError, personError } from '../src/errors.js';
import type { Alerts } from '../src/model/alert.js';
import { type Heartbeat, isSilent } from '../src/model/host.js';
import type { Outbox } from '../src/model/message.js';
import type { Replica } from '../src/model/replica.js';
import type { Payload } from '../src/queue/catalogue.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { withAlarms } from '../src/render/alarm.js';
import { answerMention } from '../src/render/answer-mention.js';
import { card } from '../src/render/card.js';
import { chartOf } from '../src/render/chart.js';
import { chartedSeries } from '../src/render/chart-window.js';
import { escapeText } from '../src/render/text.js';
import { nextLook } from './check-plan.js';
import type { Processor } from './context.js';
import { type InHandPorts, inHandOf } from './in-hand.js';
import { DEFAULT_WINDOW_MS, fleet, type Look, type LookPorts, lookAt, lookElsewhere, untold } from './look.js';

export type CheckPorts = LookPorts &
  InHandPorts & {
    readonly outbox: Outbox;
    readonly enqueue: Enqueue;
    /** What alerts asked; absent: only people do. */
    readonly alerts?: Pick<Alerts, 'read'>;
  };

/** One more sample every two seconds for a minute, for a service without history: as fast as an engine counts. */
const BURST = { count: 30, everyMs: 2_000 } as const;

/**
 * `/leak check`: assess, say, and have it delivered and drawn. What cannot be told yet is said so, looked at again, and the
 * same message edited. Every step is keyed, so that running twice says nothing twice.
 */
export function makeCheck(ports: CheckPorts): Processor<'check'> {
  return async (payload, { nowMs, log }) => {
    const { replicas, beats } = await fleet(ports);
    const own = replicas.filter((replica) => replica.service.id === payload.serviceId);
    const windowMs = payload.windowMs ?? DEFAULT_WINDOW_MS;
    const known = own[0]?.service;
    const look = known
      ? await lookAt(known, own, beats, windowMs, nowMs(), ports)
      : await lookElsewhere(payload.serviceId, windowMs, nowMs(), ports).catch((error) => untoldBy(error, payload.serviceId));
    if (!look)
      throw personError(`${escapeText(payload.serviceId, 80)} is gone: its last container was removed while it was looked at.`);
    const { service } = look.assessment;
    // What no agent samples is not known better in a minute, unless nobody could be asked.
    const plan = known || look.assessment.replicas.length === 0 ? nextLook(look.assessment, payload, nowMs()) : null;
    log.info(
      { service: service.id, verdict: look.assessment.verdict, reason: look.assessment.reason, round: payload.round },
      'assessed',
    );

    if (plan === null || payload.round === 0 || !(await isToldOneByOne(payload, ports)))
      await say(look, payload, plan !== null, nowMs(), ports);
    if (plan?.burst) await burst(own, beats, payload, nowMs(), ports);
    if (plan) {
      const round = payload.round + 1;
      await ports.enqueue('check', { ...payload, round }, { once: `${payload.outboxKey}-${round}`, delayMs: plan.afterMs });
    } else {
      await mention(look, payload, nowMs(), ports);
    }
  };
}

/** The world's errors are an answer: it cannot be told. */
function untoldBy(error: unknown, serviceId: string): Look {
  if (error instanceof LeakwatchError && error.who === 'world') return untold(serviceId, error.message);
  throw error;
}

/** Through a response URL each version is a message of its own, and five are all there are: progress is not worth one. */
async function isToldOneByOne({ target, outboxKey }: Payload<'check'>, { outbox }: CheckPorts): Promise<boolean> {
  return target.kind === 'person' || (await outbox.get(outboxKey))?.via === 'reply';
}

async function say(look: Look, payload: Payload<'check'>, watching: boolean, nowMs: number, ports: CheckPorts): Promise<void> {
  const { outbox, enqueue } = ports;
  const { outboxKey, target, serviceId, collects } = payload;
  const open = await inHandOf(serviceId, target, ports);
  const inThread = target.kind === 'channel' && target.threadTs !== undefined && !collects;
  const isCollectable = open ? !open.isHere : look.assessment.verdict === 'leaking';
  const message = card(look.assessment, {
    nowMs,
    windowMs: payload.windowMs ?? DEFAULT_WINDOW_MS,
    watching,
    ...(payload.askedBy ? {} : { alerted: true }),
    ...(target.kind === 'person' ? { shareKey: outboxKey } : {}),
    ...(open ? { inHand: open.inHand } : {}),
    ...(inThread && isCollectable ? { collectId: serviceId } : {}),
  });
  // Who asked for a window sees it.
  const series = payload.windowMs ? look.series : chartedSeries(look.assessment, look.series, nowMs);
  const chart = chartOf(look.assessment, series, nowMs);
  const alarms = payload.askedBy ? null : await ports.alerts?.read(serviceId);
  const answer = alarms?.key === outboxKey ? withAlarms(message, alarms, nowMs) : message;
  await outbox.say(outboxKey, target, answer, chart ?? undefined);
  await deliverSoon(enqueue, target);
}

/**
 * Hosts whose own rhythm is slower are asked to hurry, and those of an agent so new that it has not said what its rhythm is. Not
 * the silent ones: nobody takes their jobs, and these would pile up.
 */
async function burst(
  replicas: readonly Replica[],
  beats: readonly Heartbeat[],
  { outboxKey, serviceId }: Payload<'check'>,
  nowMs: number,
  { enqueue }: CheckPorts,
): Promise<void> {
  const fast = ({ sampleSeconds }: Heartbeat) => sampleSeconds * 1000 <= BURST.everyMs;
  const unasked = new Set(beats.filter((beat) => fast(beat) || isSilent(beat, nowMs)).map(({ host }) => host));
  const hosts = new Set(replicas.map(({ host }) => host).filter((host) => !unasked.has(host)));
  for (const host of hosts) {
    for (let i = 0; i < BURST.count; i += 1) {
      const once = `${outboxKey}-burst-${host}-${i}`;
      await enqueue('sample', { v: 1, serviceId }, { host, once, delayMs: i * BURST.everyMs + 1 });
    }
  }
}

/** An edit wakes nobody: who has waited for the answer is mentioned in the thread when it is there. */
async function mention(
  { assessment }: Look,
  payload: Payload<'check'>,
  nowMs: number,
  { outbox, enqueue }: CheckPorts,
): Promise<void> {
  const { target, outboxKey, askedBy, askedAtMs } = payload;
  if (!askedBy || target.kind !== 'channel' || payload.round === 0 || nowMs - askedAtMs < 60_000) return;
  const entry = await outbox.get(outboxKey);
  const threadTs = target.threadTs ?? entry?.ts;
  if (!threadTs) return;
  const channel = entry?.postedChannel ?? target.channel;
  await outbox.say(`${outboxKey}-m`, { kind: 'channel', channel, threadTs }, answerMention(assessment, askedBy));
  await deliverSoon(enqueue, channel);
}
