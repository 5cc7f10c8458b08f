import type { Incident } from '../model/incident.js';
import type { Page, PageFailing, Pager } from '../model/page.js';
import { clip, visible } from './text.js';
import { clockOrDate } from './times.js';
import { count, signedRate } from './units.js';

const MAX_SUMMARY = 300;
const MAX_HOSTS = 5;

/** One line for whoever is woken, in plain text: `api-svc leaking: +41 MiB/h per replica, first out of memory 06:00 UTC`. */
export function pageSummary({ service, latest }: Incident, nowMs: number): string {
  const { growthBytesPerHour: growth, limitAtMs } = latest;
  const speed = growth === null ? '' : `: ${signedRate(growth)} per replica`;
  const end = limitAtMs === null ? '' : `, first out of memory ${limitAtMs <= nowMs ? 'now' : clockOrDate(limitAtMs, nowMs)}`;
  return clip(`${visible(service.id)} leaking${speed}${end}`, MAX_SUMMARY);
}

/** What is worth knowing before the laptop is open. */
export function pageDetails({ service, opening, latest, oomKills, restarts, closed }: Incident, nowMs: number): Page['details'] {
  const { since } = opening;
  const hosts = latest.hosts.slice(0, MAX_HOSTS).map((host) => clip(visible(host), 64));
  const more = latest.hosts.length - hosts.length;
  return {
    service: clip(visible(service.id), 250),
    ...(hosts.length > 0 ? { hosts: `${hosts.join(', ')}${more > 0 ? ` +${more} more` : ''}` } : {}),
    ...(since ? { since: clockOrDate(since.atMs, nowMs) } : {}),
    ...(opening.images[0] ? { image: clip(visible(opening.images[0]), 250) } : {}),
    ...(oomKills > 0 ? { killed: count(oomKills, 'OOM kill') } : {}),
    ...(restarts > 0 ? { restarted: count(restarts, 'restart') } : {}),
    ...(closed ? { closed: closed.how } : {}),
  };
}

/** One sentence for each pager that does not take what it is told, for `status`: somebody should have been woken, or a graph marked, and was not. */
export function untakenPages(failing: readonly (PageFailing & { readonly pager: Pager['name'] })[], nowMs: number): string[] {
  return [...new Set(failing.map(({ pager }) => pager))].map((pager) => {
    const own = failing.filter((one) => one.pager === pager);
    const first = own.reduce((least, one) => (one.sinceMs < least.sinceMs ? one : least));
    const since = clockOrDate(first.sinceMs, nowMs);
    return `${count(own.length, pager === 'Grafana' ? 'annotation' : 'page')} not taken since ${since}, tried again every minute: ${clip(visible(first.why), 200)}.`;
  });
}
