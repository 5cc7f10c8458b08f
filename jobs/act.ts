import { personError } from '../src/errors.js';
import { act } from '../src/incidents/act.js';
import type { Act, Incident, Incidents, Rounds } from '../src/model/incident.js';
import type { Outbox } from '../src/model/message.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { Processor } from './context.js';
import { chartOfRoot, incidentChart } from './incident-chart.js';
import { withWords } from './incident-words.js';
import { assessNow, DEFAULT_WINDOW_MS, fleet, type LookPorts } from './look.js';
import type { PlaceOf } from './place-of.js';
import { inItsTurn } from './turn.js';

export type ActPorts = LookPorts & {
  readonly incidents: Incidents;
  readonly rounds: Pick<Rounds, 'alone'>;
  readonly outbox: Pick<Outbox, 'get'>;
  readonly enqueue: Enqueue;
  readonly placeOf: PlaceOf;
};

/**
 * What a person does with an incident, once: of two who click, the second is told who was first. What changes is seen in its root
 * and its thread; a refusal is said to the one who asked, alone (by the edge).
 */
export function makeAct(ports: ActPorts): Processor<'act'> {
  return async (payload, context) => {
    const found = await ports.incidents.incident(payload.incidentId);
    if (!found) throw personError('That incident is too old: it is not kept any more.');
    await inItsTurn(ports.rounds, found.value.service.id, () => actOnce(payload, ports, context.nowMs()));
  };
}

export type Acting = { readonly incidentId: string; readonly act: Act; readonly by: string; readonly atMs: number };

/** With the service to oneself (`Rounds.alone`). False when somebody else was faster. Throws a person's error when it cannot be done. */
export async function actOnce({ incidentId, act: what, by, atMs }: Acting, ports: ActPorts, nowMs: number): Promise<boolean> {
  const found = await ports.incidents.incident(incidentId);
  if (!found) throw personError('That incident is too old: it is not kept any more.');
  const { service, moments } = found.value;
  // The job ran before, and its worker died after it was done.
  if (isDone(moments, by, atMs)) return true;
  const watched = await ports.incidents.watched(service.id);
  const { replicas, beats } = await fleet(ports);
  const own = replicas.filter((replica) => replica.service.id === service.id);
  const assessment = await assessNow(service, own, beats, DEFAULT_WINDOW_MS, nowMs, ports);
  const where = ports.placeOf(own);
  if (what.kind === 'reopen' && !where)
    throw personError('It is ignored, by `leakwatch.yml` or a label, so nobody would see how it goes on. Take that away first.');
  const done = act(found.value, watched.value, what, { by, atMs }, assessment);
  // What a person did has not changed the curve, unless it is over by that.
  const isOver = done.incident.closed !== found.value.closed;
  const chart =
    (isOver ? undefined : await chartOfRoot(found.value, ports.outbox)) ??
    (await incidentChart(done.incident, assessment, nowMs, ports));
  const incident = {
    ...found,
    value: withWords(done.incident, done.news, { assessment, chart, nowMs, owner: where?.owner }),
  };
  const kept = await ports.incidents.commit({ serviceId: service.id, watched: { ...watched, value: done.watched }, incident });
  if (!kept) return false;
  await ports.enqueue('tell', { v: 1, incidentId }, { collapse: incidentId });
  return true;
}

/** What somebody did at one moment is done once. */
export function isDone(moments: Incident['moments'], by: string, atMs: number): boolean {
  return moments.some((moment) => moment.by === by && moment.atMs === atMs);
}
