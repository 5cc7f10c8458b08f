import type { Redis } from 'ioredis';
import type { Incident } from '../../src/model/incident.js';
import { actButtons } from '../../src/render/incident-buttons.js';
import { makeIncidents } from '../../src/store/incidents.js';

const MIB = 2 ** 20;

/** An open incident of a service, 40 MiB/h, in C1 unless said otherwise. */
export function incident(id: string, serviceId: string, over: Partial<Incident> = {}): Incident {
  const [project, name] = serviceId.includes('/') ? serviceId.split('/') : [undefined, serviceId];
  return {
    ...{ id, service: { id: serviceId, name: String(name), ...(project ? { project } : {}) }, level: 'message' },
    ...{ openedMs: 1_699_990_000_000, place: { channel: 'C1' } },
    opening: { growthBytesPerHour: { value: 40 * MIB, low: 38 * MIB, high: 42 * MIB }, limitAtMs: null, images: [] },
    latest: { growthBytesPerHour: 40 * MIB, limitAtMs: null, hosts: ['hv-01'] },
    ...{ heard: [], oomKills: 0, restarts: 0, moments: [], count: 0, unsaid: [] },
    ...over,
  };
}

/** Keeps it as the watch would have left it, its root not said yet: the next round has it said. */
export async function openIn(redis: Redis, one: Incident): Promise<void> {
  const incidents = makeIncidents(redis);
  const serviceId = one.service.id;
  const text = `🔴 ${one.service.name} leaking`;
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text } }, actButtons(one)];
  const value: Incident = { ...one, unsaid: [{ key: one.id, as: 'root', message: { text, blocks } }] };
  const watched = await incidents.watched(serviceId);
  const { level, openedMs, opening, latest } = one;
  const said = { growthBytesPerHour: latest.growthBytesPerHour, limitAtMs: latest.limitAtMs };
  const known = { level, openedMs, saidMs: openedMs, said, lastedMs: 3_600_000, images: opening.images };
  const state = { lookedMs: openedMs, quick: 1, slow: 1, ...watched.value.state, ...(one.closed ? {} : { incident: known }) };
  const kept = await incidents.commit({
    serviceId,
    watched: { ...watched, value: { ...watched.value, state, incidentId: one.id } },
    incident: { version: 0, value },
  });
  if (!kept) throw new Error(`${one.id} was there already`);
}
