import type { DeployAudit } from '../model/audit.js';
import type { Incident } from '../model/incident.js';
import type { SlackMessage } from '../model/message.js';
import { auditWords } from './deploys.js';
import { ENDINGS } from './endings.js';
import { fitLines, MAX_LINES } from './limits.js';
import { plainMessage } from './plain-message.js';
import { escapeText, linked } from './text.js';
import { duration, slackClock } from './times.js';
import { count, signedRate } from './units.js';

/** An incident of the past, with the address of its thread where that is known. */
export type PastIncident = { readonly incident: Incident; readonly link?: string };

const MAX_DEPLOYS = 3;
/** As far back as `report` goes by number; what is before is not counted. */
export const MOST_COUNTED = 50;

/**
 * What there was with a service, newest first: when, how fast, how long, how it ended and by whom; then what became of its last
 * deploys (oldest first in `deploys`). At most a dozen lines; incidents that have none are counted.
 */
export function historyMessage(
  service: string,
  past: readonly PastIncident[],
  deploys: readonly DeployAudit[],
  nowMs: number,
): SlackMessage {
  const name = escapeText(service, 60);
  const told = deploys.slice(-MAX_DEPLOYS).toReversed();
  const open = past.some(({ incident }) => !incident.closed);
  const all = past.length > MOST_COUNTED ? `over ${count(MOST_COUNTED, 'incident')}` : count(past.length, 'incident');
  const headline = past.length === 0 ? `${name}: no incident in 90 days` : `${name}: ${all}${open ? ', one open' : ''}`;
  const room = MAX_LINES - 1 - told.length;
  const shown = past.length > room ? past.slice(0, room - 1) : past;
  const lines = [
    ...shown.map((one) => line(one, nowMs)),
    ...beforeLine(name, past.length, shown.length),
    ...told.map((one) => `${slackClock(one.deployedMs, nowMs)} · ${auditWords(one)}`),
  ];
  if (lines.length === 0) return plainMessage(headline);
  return { text: headline, blocks: plainMessage(fitLines([`*${headline}*`, ...lines])).blocks };
}

/** `… 4 before: /leak report api-svc 8 is the next`. */
function beforeLine(name: string, all: number, shown: number): string[] {
  const left = Math.min(all, MOST_COUNTED) - shown;
  if (left <= 0) return [];
  return [`… ${all > MOST_COUNTED ? 'more than ' : ''}${left} before: \`/leak report ${name} ${shown + 1}\` is the next`];
}

function line({ incident, link }: PastIncident, nowMs: number): string {
  const { openedMs, closed, opening, oomKills, acknowledged } = incident;
  const speed = opening.growthBytesPerHour ? signedRate(opening.growthBytesPerHour.value) : undefined;
  const lasted = `${closed ? 'open' : 'still open,'} ${duration((closed?.atMs ?? nowMs) - openedMs)}`;
  const end = closed ? `${ENDINGS[closed.how]}${closed.by ? ` by <@${closed.by}>` : ''}` : undefined;
  const who = acknowledged ? `acknowledged <@${acknowledged.by}>` : undefined;
  const kills = oomKills > 0 ? count(oomKills, 'OOM kill') : undefined;
  const parts = [slackClock(openedMs, nowMs), speed, lasted, end, who, kills, link ? linked(link, 'thread') : undefined];
  return parts.filter(Boolean).join(' · ');
}
