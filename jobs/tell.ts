import type { Incident, Incidents, Rounds, Saying, Storms } from '../src/model/incident.js';
import { drainOf, type Outbox, type Target } from '../src/model/message.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { stormMessage } from '../src/render/storm.js';
import type { Processor } from './context.js';

export type TellPorts = {
  readonly incidents: Pick<Incidents, 'incident' | 'watched' | 'commit'>;
  readonly storms: Pick<Storms, 'members'>;
  readonly rounds: Pick<Rounds, 'alone'>;
  readonly outbox: Pick<Outbox, 'say' | 'get'>;
  readonly enqueue: Enqueue;
};

/** How soon what waits for its root, or for somebody who is at the service, is tried again. */
const AGAIN_MS = 1_000;

/** Hands over what an incident has to say, in order, and then strikes it out: said twice, it is one message, by its key. */
export function makeTell(ports: TellPorts): Processor<'tell'> {
  const { incidents, rounds, enqueue } = ports;
  return async ({ incidentId }, { nowMs }) => {
    const found = await incidents.incident(incidentId);
    if (!found || found.value.unsaid.length === 0) return;
    const { service } = found.value;
    const left = await rounds.alone(service.id, async () => {
      const [incident, watched] = [await incidents.incident(incidentId), await incidents.watched(service.id)];
      if (!incident) return 0;
      const unsaid = await sayAll(incident.value, ports, nowMs());
      await incidents.commit({
        serviceId: service.id,
        watched,
        incident: { ...incident, value: { ...incident.value, unsaid } },
      });
      return unsaid.length;
    });
    if (left !== 0) await enqueue('tell', { v: 1, incidentId }, { collapse: incidentId, delayMs: AGAIN_MS });
  };
}

/** Gives what has to wait: evidence whose root is not there yet. */
async function sayAll(incident: Incident, ports: TellPorts, nowMs: number): Promise<readonly Saying[]> {
  if (incident.storm) {
    await sayStorm(incident.storm, incident, ports, nowMs);
    return [];
  }
  const { unsaid, place } = incident;
  for (const [i, saying] of unsaid.entries()) {
    if (saying.as === 'root') await say(incident.id, rootTarget(incident), saying, ports);
    else {
      const thread = await threadOf(incident, ports);
      if (thread === 'not yet') return unsaid.slice(i);
      // Its root was refused for good (no such channel): `status` counts that, and there is nowhere to put the rest.
      if (thread !== 'never') await say(saying.key, { kind: 'channel', ...place, ...thread }, saying, ports);
    }
  }
  return [];
}

function rootTarget({ place }: Incident): Target {
  return { kind: 'channel', ...place };
}

async function threadOf({ id, place }: Incident, { outbox }: TellPorts) {
  if (place.threadTs) return { channel: place.channel, threadTs: place.threadTs };
  const root = await outbox.get(id);
  if (root?.ts) return { channel: root.postedChannel ?? place.channel, threadTs: root.ts };
  return root?.state === 'failed' ? 'never' : 'not yet';
}

/** A storm's message is made anew of all that it has, whichever of them changed. */
async function sayStorm(storm: string, { place }: Incident, ports: TellPorts, nowMs: number): Promise<void> {
  const ids = await ports.storms.members(storm);
  const found = await Promise.all(ids.map((id) => ports.incidents.incident(id)));
  const members = found.flatMap((one) => (one?.value.storm === storm ? [one.value] : []));
  await say(storm, { kind: 'channel', ...place }, { message: stormMessage(storm, members, nowMs) }, ports);
}

async function say(
  key: string,
  target: Target,
  { message, chart }: Pick<Saying, 'message' | 'chart'>,
  ports: TellPorts,
): Promise<void> {
  await ports.outbox.say(key, target, message, chart);
  await ports.enqueue('deliver', { v: 1, channel: drainOf(target) }, { collapse: drainOf(target) });
}
