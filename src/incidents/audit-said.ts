import type { Event } from '../model/assessment.js';
import type { Audit, DeployAudit } from '../model/audit.js';
import type { Incident } from '../model/incident.js';
import type { News } from '../model/news.js';
import type { View, WatchEvent, WatchState } from '../model/watch.js';
import { compareUrl } from './compare.js';

/**
 * Where a deploy that made it worse is said. One thing, one message:
 *
 *     no incident            a line of the digest; the root, should it open, says it then
 *     an incident opens      its root says it
 *     it was open before     a line in its thread, and its root from then on
 *     deployed since then    whether that is a fix is told by `follow`, by the same slopes
 *
 * What is better, the same or unclear is kept, and asked for (`history`); in an open incident it is in the timeline.
 */
type Told = { readonly state: WatchState; readonly events: readonly WatchEvent[] };

/** The digest's part: what the watch says in it anyway says it too. */
export function withAudited(told: Told, deploy: DeployAudit | null, view: View, nowMs: number): Told {
  const { state, events } = told;
  if (deploy?.result !== 'worse' || state.incident || state.quiet) return told;
  if (events.some(({ level }) => level === 'digest'))
    return { state, events: events.map((event) => (event.level === 'digest' ? { ...event, audit: deploy } : event)) };
  const { verdict, reason, growthBytesPerHour, soonest } = view;
  const line: WatchEvent = {
    ...{ event: 'alert', level: 'digest', verdict, reason, audit: deploy },
    growthBytesPerHour: growthBytesPerHour?.value ?? null,
    limitAtMs: soonest?.limitAtMs?.value ?? null,
  };
  return { state: { ...state, digestMs: nowMs }, events: [...events, line] };
}

/** What the root of an incident that opens now says of a deploy. */
export function atOpening({ past, running }: Audit): Pick<Incident, 'audit'> {
  const last = past.at(-1);
  return last?.result === 'worse' && running.some(({ id }) => id === last.imageId) ? { audit: last } : {};
}

/** What became of a deploy that an incident may come from, while it is open. */
export function whileOpen(incident: Incident, deploy: DeployAudit | null): { incident: Incident; news: News[] } {
  if (!deploy || incident.closed || deploy.deployedMs > incident.openedMs) return { incident, news: [] };
  const news: News[] = [{ kind: 'audit', atMs: deploy.toldMs, audit: deploy }];
  return { incident: deploy.result === 'worse' ? { ...incident, audit: deploy } : incident, news };
}

/** The comparison of the two images of a deploy that growth began with. */
export function linkOfOnset({ trial, past }: Audit, near: Event | undefined): string | undefined {
  if (near?.kind !== 'deploy') return undefined;
  const isIt = (image: string, previous: string) => image === near.image && previous === near.previousImage;
  if (trial && isIt(trial.image.image, trial.previous.image)) return compareUrl(trial.previous, trial.image);
  return past.findLast(({ image, previousImage }) => isIt(image, previousImage))?.compareUrl;
}
