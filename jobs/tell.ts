import { type Incident, type Incidents, type Rounds, type Saying, type Storms, threadOf } from '../src/model/incident.js';
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
      const { left: _, ...value } = incident.value;
      await incidents.commit({ serviceId: service.id, watched, incident: { ...incident, value: { ...value, unsaid } } });
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
  if (incident.left) await sayLeftStorm(incident.left, incident, ports, nowMs);
  const { unsaid } = incident;
  for (const [i, saying] of unsaid.entries()) {
    if (saying.as === 'root') await say(incident.id, rootTarget(incident), saying, ports);
    else {
      const thread = saying.at ?? (await evidenceThread(incident, ports));
      if (thread === 'not yet') return unsaid.slice(i);
      // Its root was refused for good (no such channel): `status` counts that, and there is nowhere to put the rest.
      if (thread !== 'never') await say(saying.key, { kind: 'channel', ...thread }, saying, ports);
    }
  }
  return [];
}

/** A root does not move: when evidence is collected elsewhere, it stays where it is (and where it is to be, if it is not there yet). */
function rootTarget({ place, collected }: Incident): Target {
  return { kind: 'channel', ...(collected?.root ?? place) };
}

async function evidenceThread(incident: Incident, { outbox }: TellPorts) {
  const root = incident.place.threadTs ? null : await outbox.get(incident.id);
  return threadOf(incident, root) ?? (root?.state === 'failed' ? 'never' : 'not yet');
}

/** The message of a storm without the one that left it. One that is not there yet is said by those that it has. */
async function sayLeftStorm(storm: string, incident: Incident, ports: TellPorts, nowMs: number): Promise<void> {
  if (await ports.outbox.get(storm)) await sayStorm(storm, incident, ports, nowMs);
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
  // What was said before stays where it is, wherever it would go to now.
  const channel = drainOf((await ports.outbox.say(key, target, message, chart)).target);
  await ports.enqueue('deliver', { v: 1, channel }, { collapse: channel });
}
