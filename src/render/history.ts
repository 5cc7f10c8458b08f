import type { Incident } from '../model/incident.js';
import type { SlackMessage } from '../model/message.js';
import { fitLines } from './limits.js';
import { plainMessage } from './plain-message.js';
import { escapeText, linked } from './text.js';
import { duration, slackClock } from './times.js';
import { count, plainRate } from './units.js';

/** An incident of the past, with the address of its thread where that is known. */
export type PastIncident = { readonly incident: Incident; readonly link?: string };

/** What there was with a service, newest first: when, how fast, how long, how it ended and by whom. At most a dozen lines. */
export function historyMessage(service: string, past: readonly PastIncident[], nowMs: number): SlackMessage {
  const name = escapeText(service, 60);
  if (past.length === 0) return plainMessage(`${name}: no incident in 90 days`);
  const open = past.some(({ incident }) => !incident.closed);
  const headline = `${name}: ${count(past.length, 'incident')}${open ? ', one open' : ''}`;
  const lines = past.map((one) => line(one, nowMs));
  return { text: headline, blocks: plainMessage(fitLines([`*${headline}*`, ...lines])).blocks };
}

function line({ incident, link }: PastIncident, nowMs: number): string {
  const { openedMs, closed, opening, oomKills, acknowledged } = incident;
  const speed = opening.growthBytesPerHour ? `+${plainRate(opening.growthBytesPerHour.value)}` : undefined;
  const lasted = `${closed ? 'open' : 'still open,'} ${duration((closed?.atMs ?? nowMs) - openedMs)}`;
  const end = closed ? `${ENDS[closed.how]}${closed.by ? ` by <@${closed.by}>` : ''}` : undefined;
  const who = acknowledged ? `acknowledged <@${acknowledged.by}>` : undefined;
  const kills = oomKills > 0 ? count(oomKills, 'OOM kill') : undefined;
  const parts = [slackClock(openedMs, nowMs), speed, lasted, end, who, kills, link ? linked(link, 'thread') : undefined];
  return parts.filter(Boolean).join(' · ');
}

const ENDS = { recovered: 'calm again', fixed: 'fixed', resolved: 'resolved', 'not-a-leak': 'not a leak' } as const;
