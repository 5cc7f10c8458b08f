import type { DroppedFiles } from '../src/model/dropped-file.js';
import { type Incident, type Incidents, isSamePlace, rootKeyOf, threadOf } from '../src/model/incident.js';
import type { Outbox } from '../src/model/message.js';
import type { Place, Thread } from '../src/model/news.js';

export type HeapThreadsPorts = {
  readonly incidents: Pick<Incidents, 'open' | 'since'>;
  readonly outbox: Pick<Outbox, 'get'>;
  readonly dropped: Pick<DroppedFiles, 'answersIn'>;
};

/** A closed incident's thread is its own for as long as its root can be found. */
const LOOK_BACK_MS = 7 * 24 * 3_600_000;

/** Whether heaps are talked about in a thread: it is that of an incident, or an answer about a heap stands in it or began it. */
export async function isHeapThread(thread: Thread, nowMs: number, ports: HeapThreadsPorts): Promise<boolean> {
  const { incidents, outbox, dropped } = ports;
  const ofIncidents = new Map(
    [...(await incidents.open()), ...(await incidents.since(nowMs - LOOK_BACK_MS))].map((one) => [one.id, one]),
  );
  for (const incident of ofIncidents.values()) {
    if (![incident.place, incident.collected?.root].some((place) => place && mayBeIn(place, thread))) continue;
    if (await isThreadOf(incident, thread, outbox)) return true;
  }
  for (const key of await dropped.answersIn(thread.channel)) {
    const entry = await outbox.get(key);
    if (entry && [entry.target.threadTs, entry.ts].includes(thread.threadTs)) return true;
  }
  return false;
}

/** Of a channel that was configured by its name, Slack alone knows which one it is: it says so with the root. */
function mayBeIn({ channel }: Place, thread: Thread): boolean {
  return channel === thread.channel || channel.startsWith('#');
}

/** Its root keeps its thread when evidence is collected in another one: people talk there. */
async function isThreadOf(incident: Incident, thread: Thread, outbox: Pick<Outbox, 'get'>): Promise<boolean> {
  const root = await outbox.get(rootKeyOf(incident));
  const places = [threadOf(incident, root), threadOf({ place: { channel: incident.place.channel } }, root)];
  return places.some((place) => place !== null && isSamePlace(place, thread));
}
