import { setTimeout as sleep } from 'node:timers/promises';
import { markOf } from '../src/incidents/alert-case.js';
import { serviceOfAlert } from '../src/incidents/alert-service.js';
import { openByHand } from '../src/incidents/by-hand.js';
import { openIncident } from '../src/incidents/follow.js';
import { nextTickMs } from '../src/incidents/next-tick.js';
import { isQuiet } from '../src/incidents/quiet.js';
import type { Alert } from '../src/model/alert.js';
import type { ServiceAssessment } from '../src/model/assessment.js';
import { NO_AUDIT } from '../src/model/audit.js';
import type { Incident, Incidents, Rounds, Versioned, Watched } from '../src/model/incident.js';
import type { News, Place } from '../src/model/news.js';
import type { Replica, ServiceRef } from '../src/model/replica.js';
import { type AnswerPorts, answerAlert, noteEnd, sayStray } from './alert-answer.js';
import type { JobContext, Processor } from './context.js';
import { incidentChart } from './incident-chart.js';
import { heapAtVerdict, incidentIdOf, livesOf } from './incident-parts.js';
import { withWords } from './incident-words.js';
import { assessNow, DEFAULT_WINDOW_MS, fleet, type LookPorts } from './look.js';
import { busy } from './turn.js';

export type AlertPorts = LookPorts & AnswerPorts & { readonly incidents: Incidents; readonly rounds: Pick<Rounds, 'alone'> };

/** Whoever is at the subject is so for milliseconds. */
const TURN = { tries: 40, everyMs: 50 };
const MAX_ALARMS = 200;

/**
 * One alert from outside. It joins the open incident of its service, or opens one when the service is leaking; otherwise a check answers
 * it, once for all alerts that fire for that service at a time. One about nobody here is said with its labels. That it is over is noted
 * where it was said, and changes nothing else. Run twice it does nothing twice: an incident knows its alerts, and so does a case.
 */
export function makeAlert(ports: AlertPorts): Processor<'alert'> {
  return async ({ alert }, context) => {
    const { replicas, beats } = await fleet(ports);
    const found = serviceOfAlert(alert.labels, replicas);
    if (found.kind !== 'found') {
      const services = found.kind === 'ambiguous' ? found.services : [];
      return inTurn(`alerts ${alert.group}`, ports, () => sayStray(alert, services, ports, context));
    }
    const { service } = found;
    const own = replicas.filter((replica) => replica.service.id === service.id);
    await inTurn(service.id, ports, async () => {
      const watched = await ports.incidents.watched(service.id);
      const known = watched.value.incidentId ? await ports.incidents.incident(watched.value.incidentId) : null;
      const assessed = () => assessNow(service, own, beats, DEFAULT_WINDOW_MS, context.nowMs(), ports);
      if (known && !known.value.closed)
        return join({ alert, service, own, watched, assessment: await assessed() }, known, ports, context.nowMs());
      if (alert.status === 'resolved') return noteEnd(service.id, alert, ports, context.nowMs());
      await begin({ alert, service, own, watched, assessment: await assessed() }, ports, context);
    });
  };
}

async function inTurn(subject: string, { rounds }: AlertPorts, work: () => Promise<void>): Promise<void> {
  for (let i = 0; i < TURN.tries; i += 1) {
    if ((await rounds.alone(subject, async () => work().then(() => true))) !== null) return;
    await sleep(TURN.everyMs);
  }
  throw busy();
}

type Begun = {
  readonly alert: Alert;
  readonly service: ServiceRef;
  readonly own: readonly Replica[];
  readonly watched: Versioned<Watched>;
  readonly assessment: ServiceAssessment;
};

/** Into the thread of the incident that is open, with its root as it is now. */
async function join(
  { alert, own, watched, assessment }: Begun,
  known: Versioned<Incident>,
  ports: AlertPorts,
  nowMs: number,
): Promise<void> {
  const { id, service, alarms = [] } = known.value;
  // That it is over may be heard before that it fires.
  const isNews = !alarms.includes(markOf(alert)) && !alarms.includes(`${alert.id} resolved`);
  if (isNews) {
    const news: News[] = [{ kind: 'alarm', atMs: nowMs, alert }];
    const heard = { ...known.value, alarms: [...alarms, markOf(alert)].slice(-MAX_ALARMS) };
    const chart = heard.storm ? undefined : await incidentChart(heard, assessment, nowMs, ports);
    const value = withWords(heard, news, { assessment, chart, nowMs, owner: ports.placeOf(own)?.owner });
    const kept = await ports.incidents.commit({ serviceId: service.id, watched, incident: { ...known, value } });
    if (!kept) throw busy();
  }
  await ports.enqueue('tell', { v: 1, incidentId: id }, { collapse: id });
}

async function begin(begun: Begun, ports: AlertPorts, { nowMs, log }: JobContext): Promise<void> {
  const { alert, service, own, watched, assessment } = begun;
  const where = ports.placeOf(own);
  if (!where?.place)
    return log.warn(
      { service: service.id, alert: alert.name },
      where ? 'an alert, and no channel to answer it in' : 'an alert about a service that is ignored',
    );
  const { state, unwatched } = watched.value;
  const quiet = unwatched !== undefined || (state?.quiet !== undefined && isQuiet(state.quiet, assessment));
  if (assessment.verdict === 'leaking' && !quiet) return open(begun, where.place, where.owner, ports, nowMs());
  await answerAlert(service, alert, where.place, ports, nowMs());
}

/** It leaks, and the alert was faster than the watch: an incident from now on, followed like any other. */
async function open(
  { alert, service, own, watched, assessment }: Begun,
  place: Place,
  owner: string | undefined,
  ports: AlertPorts,
  nowMs: number,
): Promise<void> {
  const { state, events } = openByHand(watched.value.state, assessment, nowMs);
  const [event] = events;
  if (!event) throw new Error('an incident that says nothing');
  const id = incidentIdOf(service.id, nowMs);
  const lives = await livesOf(own, ports);
  const storm = await ports.storms.join(place.channel, { id, service }, false, nowMs);
  const opened = openIncident(
    { id, service, place, ...(storm ? { storm } : {}) },
    assessment,
    event,
    lives,
    watched.value.audit ?? NO_AUDIT,
    nowMs,
  );
  const incident = { ...opened, alarms: [markOf(alert)] };
  const news: News[] = [
    { kind: 'alert', atMs: nowMs, event },
    { kind: 'alarm', atMs: nowMs, alert },
  ];
  const chart = storm ? undefined : await incidentChart(incident, assessment, nowMs, ports);
  const kept = await ports.incidents.commit({
    serviceId: service.id,
    watched: { ...watched, value: { ...watched.value, state, incidentId: id } },
    nextMs: nextTickMs(nowMs, assessment, state),
    incident: { version: 0, value: withWords(incident, news, { assessment, chart, nowMs, owner }) },
  });
  if (!kept) throw busy();
  await heapAtVerdict(opened, nowMs, ports.enqueue);
  await ports.enqueue('tell', { v: 1, incidentId: id }, { collapse: id });
}
