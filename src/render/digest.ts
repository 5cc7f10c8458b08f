import type { SilentHost } from '../model/assessment.js';
import type { SlowGrower } from '../model/digest.js';
import type { SlackMessage } from '../model/message.js';
import { silentLine } from './card-lines.js';
import { growerLine, soonestFirst } from './digest-growers.js';
import { type HandedOver, handoverLine, pressingFirst } from './digest-handover.js';
import { fitLines, MAX_LINES } from './limits.js';
import { plainMessage } from './plain-message.js';
import { slackClock } from './times.js';
import { count } from './units.js';

export type DigestView = {
  readonly nowMs: number;
  /** Until when the digest before told. */
  readonly sinceMs: number;
  readonly incidents: readonly HandedOver[];
  readonly growers: readonly SlowGrower[];
  /** Where its services run and nobody looks: who is not spoken of is not calm for that. */
  readonly silent: readonly SilentHost[];
};

/** Where both are many, incidents have so much of the room. A choice. */
const FOR_INCIDENTS = 2 / 3;

/**
 * The morning's message: who takes over what, then who grows slowly or not surely, soonest out of memory first. Null when there is
 * nothing to say. What does not fit is counted.
 */
export function digestMessage(view: DigestView): SlackMessage | null {
  const { nowMs, sinceMs } = view;
  const incidents = pressingFirst(view.incidents);
  const growers = soonestFirst(view.growers);
  if (incidents.length + growers.length === 0) return null;
  const silent = silentLine(view.silent, nowMs);
  const rows = MAX_LINES - 1 - (silent ? 1 : 0) - (incidents.length > 0 ? 1 : 0) - (growers.length > 0 ? 1 : 0);
  const forIncidents = Math.min(incidents.length, Math.max(rows - growers.length, Math.ceil(FOR_INCIDENTS * rows)));
  const handed = firstIn(forIncidents, incidents);
  const shown = firstIn(rows - forIncidents, growers);
  const text = headline(view);
  const lines = [
    `*${text}*`,
    ...(silent ? [silent] : []),
    ...(handed.length > 0 ? [`Hand-over since ${slackClock(sinceMs, nowMs)}:`] : []),
    ...handed.map((one) => handoverLine(one, nowMs)),
    ...more(incidents.length - handed.length, 'incident'),
    ...(shown.length > 0 ? ['Slow growers, soonest first; rates per replica, why: `/leak check &lt;service&gt;`'] : []),
    ...shown.map((one) => growerLine(one, nowMs)),
    ...more(growers.length - shown.length, 'slow grower', ': `/leak top`'),
  ];
  return { text, blocks: plainMessage(fitLines(lines)).blocks };
}

/** Those that have a line in so many: the last line counts the others, where there are any. */
function firstIn<T>(lines: number, all: readonly T[]): readonly T[] {
  return all.length <= lines ? all : all.slice(0, lines - 1);
}

function more(n: number, what: string, where = ''): string[] {
  return n > 0 ? [`… ${count(n, `more ${what}`)}${where}`] : [];
}

/** `🔴 Daily digest: 2 leaks open (1 new), 1 closed, 3 slow growers, 1 host gives no samples`. */
function headline({ incidents, growers, sinceMs, silent }: DigestView): string {
  const open = incidents.filter(({ incident }) => !incident.closed);
  const fresh = open.filter(({ incident }) => incident.openedMs >= sinceMs).length;
  const closed = incidents.length - open.length;
  const state = open.length > 0 ? '🔴' : closed > 0 ? '✅' : '🟡';
  const words = [
    open.length > 0 ? `${count(open.length, 'leak')} open${fresh > 0 ? ` (${fresh} new)` : ''}` : 'no leak open',
    ...(closed > 0 ? [`${closed.toLocaleString('en')} closed`] : []),
    ...(growers.length > 0 ? [count(growers.length, 'slow grower')] : []),
    ...(silent.length > 0 ? [`${count(silent.length, 'host')} ${silent.length === 1 ? 'gives' : 'give'} no samples`] : []),
  ];
  return `${state} Daily digest: ${words.join(', ')}`;
}
