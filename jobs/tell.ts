import { type Incident, type Incidents, type Rounds, type Saying, type Storms, threadOf } from '../src/model/incident.js';
import type { Outbox, Target } from '../src/model/message.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { withDashboard } from '../src/render/grafana-link.js';
import { stormMessage } from '../src/render/storm.js';
import { hasHeaps, stormHeaps } from '../src/render/storm-heaps.js';
import { stormPages } from '../src/render/storm-list.js';
import type { Processor } from './context.js';

export type TellPorts = {
  readonly incidents: Pick<Incidents, 'incident' | 'watched' | 'commit'>;
  readonly storms: Pick<Storms, 'members'>;
  readonly rounds: Pick<Rounds, 'alone'>;
  readonly outbox: Pick<Outbox, 'say' | 'get'>;
  readonly enqueue: Enqueue;
  /** There is a pager: it is told of a page at once, and not first by the next round. */
  readonly pages?: boolean;
  /** Where people look at dashboards; absent: nowhere. */
  readonly grafanaUrl?: string | undefined;
};

/** How soon what waits for its root, or for somebody who is at the service, is tried again. */
const AGAIN_MS = 1_000;

/** Hands over what an incident has to say, in order, and then strikes it out: said twice, it is one message, by its key. */
export function makeTell(ports: TellPorts): Processor<'tell'> {
  const { incidents, rounds, enqueue } = ports;
  return async ({ incidentId }, { nowMs }) => {
    const found = await incidents.incident(incidentId);
    if (!found || found.value.unsaid.length === 0) return;
    const { service, level } = found.value;
    if (ports.pages && level === 'page') await enqueue('page', { v: 1, incidentId }, { collapse: incidentId });
    const left = await rounds.alone(service.id, async () => {
      const [incident, watched] = [await incidents.incident(incidentId), await incidents.watched(service.id)];
      if (!incident) return 0;
      const unsaid = await sayAll(incident.value, ports, nowMs());
      const value = { ...incident.value, unsaid };
      await incidents.commit({ serviceId: service.id, watched, incident: { ...incident, value } });
      return unsaid.length;
    });
    if (left !== 0) await enqueue('tell', { v: 1, incidentId }, { collapse: incidentId, delayMs: AGAIN_MS });
  };
}

/** Gives what has to wait: evidence whose root is not there yet, and a storm whose thread is not. */
async function sayAll(incident: Incident, ports: TellPorts, nowMs: number): Promise<readonly Saying[]> {
  const { unsaid, storm, leftStorm } = incident;
  // A storm's message that is not there yet is said by those that it has.
  const storms = [storm, leftStorm && (await ports.outbox.get(leftStorm)) ? leftStorm : undefined];
  for (const one of storms) if (one && !(await sayStorm(one, incident, ports, nowMs))) return unsaid;
  if (storm) return [];
  for (const [i, saying] of unsaid.entries()) {
    if (saying.as === 'root') await say(incident.id, rootTarget(incident), rootOf(incident, saying, ports), ports);
    else {
      const thread = saying.at ?? (await threadUnder(incident, ports));
      if (thread === 'not yet') return unsaid.slice(i);
      // Its root was refused for good (no such channel): `status` counts that, and there is nowhere to put the rest.
      if (thread !== 'never') await say(saying.key, { kind: 'channel', ...thread }, saying, ports);
    }
  }
  return [];
}

function rootOf(incident: Incident, saying: Saying, { grafanaUrl }: TellPorts): Saying {
  return grafanaUrl ? { ...saying, message: withDashboard(saying.message, incident, grafanaUrl) } : saying;
}

/** A root does not move: when evidence is collected elsewhere, it stays where it is (and where it is to be, if it is not there yet). */
function rootTarget({ place, collected }: Incident): Target {
  return { kind: 'channel', ...(collected?.root ?? place) };
}

async function threadUnder(of: Pick<Incident, 'id' | 'place'>, { outbox }: TellPorts) {
  const root = of.place.threadTs ? null : await outbox.get(of.id);
  return threadOf(of, root) ?? (root?.state === 'failed' ? 'never' : 'not yet');
}

/**
 * A storm's message is made anew of all that it has, whichever of them changed, and so are the list in its thread and what heaps said. Two workers may do
 * so at once, and the older one of what they made may be said last: so each looks again after it spoke, until what it said is what
 * there is. False: its thread is not there yet; it is the storm's first that waits for it, for all.
 */
async function sayStorm(storm: string, { id, place }: Incident, ports: TellPorts, nowMs: number): Promise<boolean> {
  const target: Target = { kind: 'channel', channel: place.channel };
  for (let said = ''; ; ) {
    const found = await membersOf(storm, ports);
    const members = found.filter((one) => one.storm === storm);
    const message = stormMessage(storm, members, found.length - members.length, nowMs);
    const pages = stormPages(members, found.length, nowMs);
    const heaps = stormHeaps(members);
    const now = JSON.stringify([message, pages, heaps]);
    if (now === said) return true;
    await say(storm, target, { message }, ports);
    const thread = await threadUnder({ id: storm, place: target }, ports);
    if (thread === 'not yet') return found[0]?.id !== id;
    if (thread !== 'never') {
      for (const [i, page] of pages.entries()) await say(`${storm}-${i + 1}`, { ...target, ...thread }, { message: page }, ports);
      // Once said it stays, whoever leaves.
      if (hasHeaps(members) || (await ports.outbox.get(`${storm}-heaps`)))
        await say(`${storm}-heaps`, { ...target, ...thread }, { message: heaps }, ports);
    }
    said = now;
  }
}

/** All that it ever had, in the order in which they came; who left is among them. */
async function membersOf(storm: string, { storms, incidents }: TellPorts): Promise<Incident[]> {
  const found = await Promise.all((await storms.members(storm)).map((id) => incidents.incident(id)));
  return found.flatMap((one) => (one ? [one.value] : []));
}

async function say(
  key: string,
  target: Target,
  { message, chart }: Pick<Saying, 'message' | 'chart'>,
  ports: TellPorts,
): Promise<void> {
  // What was said before stays where it is, wherever it would go now.
  const entry = await ports.outbox.say(key, target, message, chart);
  await deliverSoon(ports.enqueue, entry.target);
}
