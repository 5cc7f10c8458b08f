import { createHash } from 'node:crypto';
import { digestDay } from '../src/incidents/digest-day.js';
import type { SilentHost } from '../src/model/assessment.js';
import type { DigestDay, Digests, SlowGrower } from '../src/model/digest.js';
import { type Heartbeat, withoutSamples } from '../src/model/host.js';
import type { Incident } from '../src/model/incident.js';
import type { Outbox } from '../src/model/message.js';
import { byService, type Replica } from '../src/model/replica.js';
import type { RulesPort } from '../src/model/rules.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { digestMessage } from '../src/render/digest.js';
import { type HandedOver, pressingFirst } from '../src/render/digest-handover.js';
import { MAX_LINES } from '../src/render/limits.js';
import type { JobContext, Processor } from './context.js';
import { type HandOverPorts, handOver, linked } from './hand-over.js';
import { fleet } from './look.js';
import { type GrowersPorts, slowGrowers } from './slow-growers.js';
import type { WatchPorts } from './watch.js';

export type DueDigestPorts = { readonly digests: Pick<Digests, 'last'>; readonly rules: Pick<RulesPort, 'now'> };

export type DigestPorts = GrowersPorts &
  HandOverPorts &
  Pick<WatchPorts, 'placeOf'> & {
    readonly digests: Digests;
    readonly incidents: HandOverPorts['incidents'];
    readonly outbox: Pick<Outbox, 'say' | 'get'>;
    readonly rules: Pick<RulesPort, 'now'>;
    readonly enqueue: Enqueue;
  };

const HOUR_MS = 3_600_000;
/** What the first one hands over; and what one does after days of silence: a long weekend. */
const FIRST_MS = 24 * HOUR_MS;
const MOST_MS = 4 * 24 * HOUR_MS;

type Due = { readonly date: string; readonly last: DigestDay | null };

/** The day whose digest is to be said now; null when it was, or when it is not the time. Dates rise: a zone that changes says no day twice. */
export async function dueDigest({ digests, rules }: DueDigestPorts, nowMs: number): Promise<Due | null> {
  const date = digestDay(nowMs, rules.now().watch);
  if (!date) return null;
  const last = await digests.last();
  return last && date <= last.date ? null : { date, last };
}

/**
 * Once a day, one message a channel: the hand-over of the night and who grows slowly. A channel with nothing to say gets none, and
 * none later that day either. Its key is channel and date, so that a run that broke off, or another worker's, says nothing twice;
 * the day is settled when all channels have theirs.
 */
export function makeDigest(ports: DigestPorts): Processor<'digest'> {
  return async (_payload, context) => {
    const startedMs = context.nowMs();
    const due = await dueDigest(ports, startedMs);
    if (!due) return;
    const { replicas, beats } = await fleet(ports);
    const sinceMs = Math.max(due.last?.atMs ?? startedMs - FIRST_MS, startedMs - MOST_MS);
    let toldMs = startedMs;
    for (const [channel, part] of await parts(sinceMs, replicas, beats, ports, context)) {
      context.signal.throwIfAborted();
      const key = keyOf(channel, due.date);
      const before = await ports.outbox.get(key);
      // What happened after a run that broke off is told tomorrow, to all: rather twice than never.
      if (before) toldMs = Math.min(toldMs, before.createdAtMs);
      else {
        const silent = silentFor(channel, replicas, withoutSamples(beats, startedMs), ports);
        await say(key, channel, { ...part, silent }, sinceMs, startedMs, ports);
      }
      await deliverSoon(ports.enqueue, channel);
    }
    await ports.digests.settle({ date: due.date, atMs: toldMs });
  };
}

type Part = { readonly incidents: HandedOver[]; readonly growers: SlowGrower[] };

/** What there is to say, by the channel of each service as the rules are now. */
async function parts(
  sinceMs: number,
  replicas: readonly Replica[],
  beats: readonly Heartbeat[],
  ports: DigestPorts,
  context: JobContext,
): Promise<Map<string, Part>> {
  const found = new Map<string, Part>();
  const partOf = (channel: string) => {
    const part = found.get(channel) ?? { incidents: [], growers: [] };
    found.set(channel, part);
    return part;
  };
  for (const { handed, replicas: own } of await handOver(sinceMs, replicas, ports)) {
    const channel = channelOf(handed.incident, own, ports);
    if (channel) partOf(channel).incidents.push(handed);
  }
  for (const { grower, replicas: own } of await slowGrowers(replicas, beats, context, ports)) {
    const place = ports.placeOf(own)?.place;
    if (place) partOf(place.channel).growers.push(grower);
  }
  return found;
}

/** Where the service's leaks are said: an incident may be collected somewhere else. Of a service that is gone, where its incident is. */
function channelOf(
  { place }: Incident,
  own: Parameters<DigestPorts['placeOf']>[0],
  { placeOf }: DigestPorts,
): string | undefined {
  return own.length === 0 ? place.channel : placeOf(own)?.place?.channel;
}

/** Those of the hosts that services of the channel run on. */
function silentFor(
  channel: string,
  replicas: readonly Replica[],
  silent: readonly SilentHost[],
  { placeOf }: DigestPorts,
): readonly SilentHost[] {
  if (silent.length === 0) return silent;
  const own = [...byService(replicas).values()].filter((one) => placeOf(one)?.place?.channel === channel).flat();
  return silent.filter(({ host }) => own.some((one) => one.host === host));
}

async function say(
  key: string,
  channel: string,
  { growers, silent, ...part }: Part & { readonly silent: readonly SilentHost[] },
  sinceMs: number,
  nowMs: number,
  ports: DigestPorts,
): Promise<void> {
  const incidents = await Promise.all(pressingFirst(part.incidents).map((one, i) => (i < MAX_LINES ? linked(one, ports) : one)));
  const message = digestMessage({ nowMs, sinceMs, incidents, growers, silent });
  if (message) await ports.outbox.say(key, { kind: 'channel', channel }, message);
}

function keyOf(channel: string, date: string): string {
  return `digest-${date}-${createHash('sha256').update(channel).digest('hex').slice(0, 16)}`;
}
