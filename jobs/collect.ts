import { personError } from '../src/errors.js';
import { collectedAlready } from '../src/incidents/act.js';
import { openByHand } from '../src/incidents/by-hand.js';
import { openIncident } from '../src/incidents/follow.js';
import { nextTickMs } from '../src/incidents/next-tick.js';
import { NO_AUDIT } from '../src/model/audit.js';
import { type Incident, isSamePlace, rootKeyOf, threadOf, type Watched } from '../src/model/incident.js';
import type { Permalink } from '../src/model/message.js';
import type { Place, Thread } from '../src/model/news.js';
import type { Payload } from '../src/queue/catalogue.js';
import { escapeText } from '../src/render/text.js';
import { type ActPorts, actOnce, isDone } from './act.js';
import type { Processor } from './context.js';
import { incidentChart } from './incident-chart.js';
import { heapAtVerdict, incidentIdOf, livesOf } from './incident-parts.js';
import { withWords } from './incident-words.js';
import { assessNow, DEFAULT_WINDOW_MS, fleet } from './look.js';
import { inItsTurn } from './turn.js';

export type CollectPorts = ActPorts & { readonly permalink: Permalink };

/**
 * What is found about a service goes to a thread of people from now on, once however often it is asked for. Its open incident moves
 * there; without one, a leak becomes an incident that lives there. A refusal is said to the one who asked, alone (by the edge).
 */
export function makeCollect(ports: CollectPorts): Processor<'collect'> {
  return async (payload, context) => {
    await inItsTurn(ports.rounds, payload.serviceId, () => collectOnce(payload, ports, context.nowMs()));
  };
}

async function collectOnce(payload: Payload<'collect'>, ports: CollectPorts, nowMs: number): Promise<boolean> {
  const { serviceId, place, by, atMs } = payload;
  const watched = await ports.incidents.watched(serviceId);
  const { incidentId, unwatched } = watched.value;
  const known = incidentId ? await ports.incidents.incident(incidentId) : null;
  // The job ran before, and its worker died after it was done.
  if (known && isDone(known.value.moments, by, atMs)) return true;
  if (unwatched)
    throw personError(
      `<@${unwatched.by}> took it off the watch, so nothing is found. \`/leak watch &lt;service&gt;\` brings it back.`,
    );
  if (!known || known.value.closed) return beginHere(payload, watched, ports, nowMs);
  const to = await placeFor(known.value, place, ports);
  const link = await ports.permalink(place.channel, place.threadTs);
  const act = { kind: 'collect', place: to, ...(link ? { link } : {}) } as const;
  return actOnce({ incidentId: known.value.id, act, by, atMs }, ports, nowMs);
}

/** A thread, or, for that of its own root, where the root is. Throws a person's error when evidence goes there already. */
async function placeFor(incident: Incident, asked: Thread, { outbox }: CollectPorts): Promise<Place> {
  const root = await outbox.get(rootKeyOf(incident));
  const now = threadOf(incident, root);
  if (now && isSamePlace(now, asked)) throw personError(collectedAlready(incident));
  const own = root?.ts ? { channel: root.postedChannel ?? root.target.channel, threadTs: root.ts } : null;
  return incident.collected && own && isSamePlace(own, asked) ? incident.collected.root : asked;
}

/** A leak that the watch has not said (yet): said by a person, in their thread, and followed there. */
async function beginHere(
  { serviceId, place, by, atMs }: Payload<'collect'>,
  watched: { readonly version: number; readonly value: Watched },
  ports: CollectPorts,
  nowMs: number,
): Promise<boolean> {
  const { replicas, beats } = await fleet(ports);
  const own = replicas.filter(({ service }) => service.id === serviceId);
  const service = own[0]?.service;
  if (!service) throw personError(`${escapeText(serviceId, 80)} is gone: its last container was removed.`);
  const name = escapeText(service.name, 80);
  const where = ports.placeOf(own);
  if (!where) throw personError(`${name} is ignored, by \`leakwatch.yml\` or a label: nothing would be found.`);
  const assessment = await assessNow(service, own, beats, DEFAULT_WINDOW_MS, nowMs, ports);
  if (assessment.verdict !== 'leaking') throw personError(nothingToCollect(name, where.place !== undefined));
  const { state, events } = openByHand(watched.value.state, assessment, nowMs);
  const [event] = events;
  if (!event) throw new Error('an incident that says nothing');
  const id = incidentIdOf(serviceId, atMs);
  const opened = openIncident(
    { id, service, place },
    assessment,
    event,
    await livesOf(own, ports),
    watched.value.audit ?? NO_AUDIT,
    nowMs,
  );
  const news = [
    { kind: 'alert', atMs: nowMs, event },
    { kind: 'collect', atMs, by, service: service.name },
  ] as const;
  const chart = await incidentChart(opened, assessment, nowMs, ports);
  const kept = await ports.incidents.commit({
    serviceId,
    watched: { ...watched, value: { ...watched.value, state, incidentId: id } },
    nextMs: nextTickMs(nowMs, assessment, state),
    incident: { version: 0, value: withWords(opened, news, { assessment, chart, nowMs, owner: where.owner }) },
  });
  if (!kept) return false;
  await heapAtVerdict(opened, nowMs, ports.enqueue);
  await ports.enqueue('tell', { v: 1, incidentId: id }, { collapse: id });
  return true;
}

function nothingToCollect(name: string, isSaid: boolean): string {
  const then = isSaid ? 'When it is, I say so by myself, and that can be collected.' : 'Check again when it grows.';
  return `${name} is not surely leaking now, so there is nothing to collect. ${then}`;
}
