import type { Audit } from '../model/audit.js';
import type { Incident } from '../model/incident.js';
import type { Deployed, MomentKind, News, Place } from '../model/news.js';
import type { ServiceRef } from '../model/replica.js';
import type { View, WatchEvent } from '../model/watch.js';
import { atOpening, linkOfOnset } from './audit-said.js';
import type { LinkOf } from './compare.js';
import { there } from './gone.js';
import { imagesOf } from './quiet.js';
import { hear, type Lives } from './runs.js';

/** A new image that still grows by so much of what was is no fix; less is an improvement that has to show itself. A choice. */
const NOT_FIXED = 0.5;
/** Nothing in the thread while snoozed *until faster*, unless it is faster by this. A choice, that of an update. */
const FASTER = 1.25;

type Opening = { readonly id: string; readonly service: ServiceRef; readonly place: Place; readonly storm?: string };

/** A leak that is said for the first time. What happened to its runs before is no news. */
export function openIncident(
  { id, service, place, storm }: Opening,
  view: View,
  event: WatchEvent,
  lives: readonly Lives[],
  audit: Audit,
  nowMs: number,
): Incident {
  const { growthBytesPerHour, soonest } = view;
  return {
    ...{ id, service, place, openedMs: nowMs, level: event.level === 'page' ? 'page' : 'message' },
    ...(storm ? { storm } : {}),
    opening: {
      growthBytesPerHour: growthBytesPerHour ?? null,
      limitAtMs: soonest?.limitAtMs?.value ?? null,
      images: imagesOf(view),
      ...sinceIn(view, audit),
    },
    ...atOpening(audit),
    latest: latestIn(view),
    heard: hear(lives, { heard: [], oomKills: 0, restarts: 0 }, nowMs, nowMs, () => undefined).heard,
    ...{ oomKills: 0, restarts: 0, moments: [], count: 0, unsaid: [], heapOwed: true },
  };
}

function sinceIn({ soonest, fastest, replicas }: View, audit: Audit): Pick<Incident['opening'], 'since'> {
  const lead = soonest ?? fastest ?? replicas.find(({ verdict }) => verdict === 'leaking');
  if (lead?.onsetMs === undefined) return {};
  const [near, url] = [lead.onsetNear, linkOfOnset(audit, lead.onsetNear)];
  return { since: { atMs: lead.onsetMs, ...(near ? { near } : {}), ...(url ? { compareUrl: url } : {}) } };
}

type Followed = { readonly incident: Incident; readonly news: News[] };

/**
 * An open incident at one more look: what the watch says of it, what happened to its runs, and after a deploy whether that was the
 * fix, by both slopes.
 *
 *     alert ── oom-kill ── deploy ── not fixed ── deploy ── (calm as long as it had grown) ── fixed
 */
export function follow(
  incident: Incident,
  view: View,
  events: readonly WatchEvent[],
  lives: readonly Lives[],
  nowMs: number,
  linkOf: LinkOf,
): Followed {
  const { news: happened, ...heard } = hear(lives, incident, incident.openedMs, nowMs, linkOf);
  const deployed = happened.findLast((one) => one.kind === 'deploy');
  const deploy = deployed ? { atMs: deployed.atMs, ...imagesIn(deployed) } : incident.deploy;
  const { snoozed, ...awake } = { ...there(incident), ...heard, ...(deploy ? { deploy } : {}), latest: latestIn(view) };
  const snoozing = snoozed !== undefined && isSnoozed(snoozed, view, nowMs);
  const next: Incident = snoozing ? { ...awake, snoozed } : awake;
  const news: News[] = [...happened];
  if (snoozed && !snoozing && events.every(({ event }) => event !== 'resolve'))
    news.push({ kind: 'snooze-over', atMs: nowMs, growthBytesPerHour: next.latest.growthBytesPerHour });
  for (const event of events) {
    if (event.event === 'resolve') return close(next, view, event, news, nowMs);
    news.push({ kind: isWorse(incident, event) ? 'page' : event.event, atMs: nowMs, event });
  }
  const level = events.some((event) => event.level === 'page') ? 'page' : next.level;
  const failed = deploy ? notFixed(next, view, nowMs) : null;
  if (!failed) return { incident: { ...next, level }, news };
  const { deploy: _, ...rest } = next;
  return { incident: { ...rest, level }, news: [...news, failed] };
}

/** What was said of it to wake nobody wakes somebody now. */
function isWorse({ level }: Incident, { event, level: now }: WatchEvent): boolean {
  return event === 'update' && level === 'message' && now === 'page';
}

function close(incident: Incident, view: View, event: WatchEvent, news: News[], nowMs: number): Followed {
  const { deploy } = incident;
  const after = view.growthBytesPerHour;
  if (!deploy || !after) {
    const closed = { atMs: nowMs, how: 'recovered' } as const;
    const isDeploy = ({ kind }: { readonly kind: MomentKind }) => kind === 'deploy';
    const deployed = [...incident.moments, ...news].some(isDeploy) ? { deployed: true as const } : {};
    return { incident: { ...incident, closed }, news: [...news, { kind: 'resolve', atMs: nowMs, event, ...deployed }] };
  }
  const fixed: News = { kind: 'fixed', atMs: nowMs, ...imagesIn(deploy), before: rateBefore(incident), after };
  return { incident: { ...incident, closed: { atMs: nowMs, how: 'fixed' } }, news: [...news, fixed] };
}

/** The new image leaks too, and surely by more than half of what was. Told once a deploy. */
function notFixed(incident: Incident, view: View, nowMs: number): News | null {
  const { deploy } = incident;
  const [before, after] = [rateBefore(incident), view.growthBytesPerHour];
  if (!deploy || !after || view.verdict !== 'leaking' || view.reason !== 'steady-growth') return null;
  const young = view.replicas.filter(({ verdict }) => verdict === 'leaking');
  // What is judged must be of the new image alone.
  if (!young.every(({ window, replica }) => Math.max(window.fromMs, replica.run.startedAtMs) >= deploy.atMs - 1_000)) return null;
  if (before !== null && after.low < NOT_FIXED * before) return null;
  return { kind: 'not-fixed', atMs: nowMs, ...imagesIn(deploy), before, after };
}

function imagesIn({ image, previousImage, compareUrl }: Deployed): Deployed {
  return { image, previousImage, ...(compareUrl ? { compareUrl } : {}) };
}

function rateBefore({ opening }: Incident): number | null {
  return opening.growthBytesPerHour?.value ?? null;
}

function latestIn({ growthBytesPerHour, soonest, replicas }: View): Incident['latest'] {
  const hosts = new Set(replicas.map(({ replica }) => replica.host));
  return {
    growthBytesPerHour: growthBytesPerHour?.value ?? null,
    limitAtMs: soonest?.limitAtMs?.value ?? null,
    hosts: [...hosts],
  };
}

function isSnoozed({ untilMs, bytesPerHour }: NonNullable<Incident['snoozed']>, view: View, nowMs: number): boolean {
  if (untilMs !== null) return nowMs < untilMs;
  const now = view.growthBytesPerHour?.value;
  return now === undefined || bytesPerHour === null || now <= FASTER * bytesPerHour;
}
