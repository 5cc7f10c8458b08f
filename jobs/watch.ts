import { ownRoot } from '../src/incidents/act.js';
import { needsLedger, stepAudit } from '../src/incidents/audit.js';
import { whileOpen, withAudited } from '../src/incidents/audit-said.js';
import { type LinkOf, linksOf } from '../src/incidents/compare.js';
import { follow, openIncident } from '../src/incidents/follow.js';
import { nextTickMs } from '../src/incidents/next-tick.js';
import { POLICY } from '../src/incidents/policy.js';
import type { Lives } from '../src/incidents/runs.js';
import { step } from '../src/incidents/step.js';
import type { ServiceAssessment } from '../src/model/assessment.js';
import type { Audit, DeployAudit } from '../src/model/audit.js';
import {
  type Incident,
  type Incidents,
  type Rounds,
  rootKeyOf,
  type Storms,
  type Versioned,
  type Watched,
} from '../src/model/incident.js';
import type { Outbox } from '../src/model/message.js';
import type { News } from '../src/model/news.js';
import type { WatchEvent } from '../src/model/watch.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { JobContext, Processor } from './context.js';
import { lookForGone } from './gone.js';
import { incidentChart } from './incident-chart.js';
import { heapAtVerdict, incidentIdOf, livesOf } from './incident-parts.js';
import { withWords } from './incident-words.js';
import { assessNow, DEFAULT_WINDOW_MS, fleet, type LookPorts } from './look.js';
import { closeOffWatch } from './off-watch.js';
import type { PlaceOf, Where } from './place-of.js';

export type WatchPorts = LookPorts & {
  readonly incidents: Incidents;
  readonly storms: Storms;
  readonly rounds: Pick<Rounds, 'alone'>;
  readonly outbox: Pick<Outbox, 'keep' | 'get'>;
  readonly enqueue: Enqueue;
  readonly placeOf: PlaceOf;
  /** Out of memory within this, somebody is woken. */
  readonly pageMs: () => number;
  /** Told what each look found; absent: nobody counts. */
  readonly found?: (assessment: ServiceAssessment, nowMs: number) => Promise<void>;
  /** What is said in the morning only. */
  readonly digest: (assessment: ServiceAssessment, event: WatchEvent, nowMs: number) => Promise<void>;
};

/** Out of memory within this, a leak gets a message of its own in any storm (design §7). */
const ALONE_MS = 60 * 60_000;
/** Still open so long after, it leaves the storm's message for its own. */
const STORM_MS = 30 * 60_000;
/** As often as what is calm (`incidents/next-tick.ts`). */
const IDLE_MS = 5 * 60_000;

/**
 * One look of the watch at one service: `step` says what is to be said, this keeps it and has it said. What is kept and what is
 * still to be said are written at once, or not at all: a worker that dies has said nothing, or all of it.
 */
export function makeWatch(ports: WatchPorts): Processor<'watch'> {
  return async ({ serviceId }, context) => {
    // Somebody else who is at it now sees the same.
    await ports.rounds.alone(serviceId, () => look(serviceId, ports, context));
  };
}

async function look(serviceId: string, ports: WatchPorts, { nowMs, log }: JobContext): Promise<void> {
  const { replicas, beats } = await fleet(ports);
  const own = replicas.filter(({ service }) => service.id === serviceId);
  const service = own[0]?.service;
  const where = ports.placeOf(own);
  const { version, value: before } = await ports.incidents.watched(serviceId);
  const idle = () => leaveIdle(serviceId, { version, value: before }, nowMs(), ports);
  const known = before.incidentId ? await ports.incidents.incident(before.incidentId) : null;
  const open = known && !known.value.closed ? known : null;
  const isOff = before.unwatched !== undefined || where === null;
  if (isOff && open) return closeOffWatch(open, { version, value: before }, nowMs() + IDLE_MS, nowMs(), ports);
  if (before.unwatched) return idle();
  if (!service && open) return lookForGone(open, { version, value: before }, nowMs(), ports);
  if (!service) return;
  // With no channel nothing is said by itself; what a person collects in a thread is followed there.
  if (!where || (!where.place && !open)) return idle();
  const atMs = nowMs();
  const assessment = await assessNow(service, own, beats, DEFAULT_WINDOW_MS, atMs, ports);
  await ports.found?.(assessment, atMs);
  const ledger = needsLedger(before.audit, assessment) ? await ports.ledger.read(serviceId) : [];
  const stepped = step(before.state, assessment, atMs, { ...POLICY, pageMs: ports.pageMs() });
  const isOpen = stepped.state.incident !== undefined;
  const { audit, told: deploy } = stepAudit(before.audit, assessment, ledger, isOpen, atMs);
  const told = withAudited(stepped, deploy, assessment, atMs);
  const lives = await livesOf(own, ports);
  const links = linksOf(before.audit, audit);
  const seen: Seen = { assessment, events: told.events, lives, audit, deploy, links, atMs, ...where };
  const next = open ? await goOn(open, seen, ports) : await begin(seen, ports);
  for (const event of told.events) if (event.level === 'digest') await ports.digest(assessment, event, atMs);
  const { incidentId, ...rest } = before;
  const id = next?.value.id ?? incidentId;
  const kept = await ports.incidents.commit({
    serviceId,
    watched: { version, value: { ...rest, audit, state: told.state, ...(id ? { incidentId: id } : {}) } },
    nextMs: nextTickMs(atMs, assessment, told.state),
    ...(next ? { incident: next } : {}),
  });
  if (!kept) return log.warn({ service: serviceId }, 'somebody else was at this service: looked at again in the next round');
  if (next && !open) await heapAtVerdict(next.value, atMs, ports.enqueue);
  if (next && next.value.unsaid.length > 0)
    await ports.enqueue('tell', { v: 1, incidentId: next.value.id }, { collapse: next.value.id });
}

/** Nothing is to be said of it: looked at again with those that are calm. Written down, because what nobody writes is forgotten. */
async function leaveIdle(
  serviceId: string,
  watched: Versioned<Watched>,
  nowMs: number,
  { incidents }: WatchPorts,
): Promise<void> {
  await incidents.commit({ serviceId, watched, nextMs: nowMs + IDLE_MS });
}

type Seen = {
  readonly assessment: ServiceAssessment;
  readonly events: readonly WatchEvent[];
  readonly lives: readonly Lives[];
  readonly audit: Audit;
  /** What became of a deploy, when that is told now. */
  readonly deploy: DeployAudit | null;
  readonly links: LinkOf;
  readonly atMs: number;
} & Where;

/** A leak that is said for the first time; null when there is none. */
async function begin(seen: Seen, ports: WatchPorts): Promise<Versioned<Incident> | null> {
  const { assessment, events, lives, audit, atMs, place, owner } = seen;
  const alert = events.find(({ event, level }) => event === 'alert' && level !== 'digest');
  if (!alert || !place) return null;
  const { service } = assessment;
  const id = incidentIdOf(service.id, atMs);
  const storm = await ports.storms.join(place.channel, { id, service }, isSoon(alert.limitAtMs, atMs), atMs);
  const opened = openIncident({ id, service, place, ...(storm ? { storm } : {}) }, assessment, alert, lives, audit, atMs);
  const news: News[] = [{ kind: 'alert', atMs, event: alert }];
  const chart = storm ? undefined : await incidentChart(opened, assessment, atMs, ports);
  return { version: 0, value: withWords(opened, news, { assessment, nowMs: atMs, owner, chart }) };
}

function isSoon(limitAtMs: number | null, atMs: number): boolean {
  return limitAtMs !== null && limitAtMs - atMs < ALONE_MS;
}

async function goOn(known: Versioned<Incident>, seen: Seen, ports: WatchPorts): Promise<Versioned<Incident>> {
  const { assessment, events, lives, deploy, links, atMs, owner } = seen;
  await ports.outbox.keep(rootKeyOf(known.value));
  const { heapOwed, ...open } = known.value;
  if (heapOwed) await heapAtVerdict(open, open.openedMs, ports.enqueue);
  const { incident: went, news: happened } = follow(open, assessment, events, lives, atMs, links);
  const { incident: followed, news: audited } = whileOpen(went, deploy);
  const news = [...happened, ...audited];
  const leaves = await leavesStorm(followed, atMs, ports);
  const incident = leaves ? ownRoot(followed) : followed;
  const said = leaves ? [...news, { kind: 'update' as const, atMs, event: leavingEvent(followed, assessment) }] : news;
  const chart = said.length > 0 && !incident.storm ? await incidentChart(incident, assessment, atMs, ports) : undefined;
  return { version: known.version, value: withWords(incident, said, { assessment, nowMs: atMs, owner, chart }) };
}

async function leavesStorm(
  { storm, openedMs, closed, place, latest }: Incident,
  atMs: number,
  { storms }: WatchPorts,
): Promise<boolean> {
  const isOld = atMs - openedMs >= STORM_MS;
  if (!storm || closed || !(isOld || isSoon(latest.limitAtMs, atMs))) return false;
  return storms.mayLeave(place.channel, atMs);
}

function leavingEvent({ level, latest }: Incident, { verdict, reason }: ServiceAssessment): WatchEvent {
  const { growthBytesPerHour, limitAtMs } = latest;
  return { event: 'update', level, verdict, reason, growthBytesPerHour, limitAtMs };
}
