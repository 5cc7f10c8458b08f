import type { Incident } from '../model/incident.js';
import type { SlackMessage } from '../model/message.js';
import { section } from './blocks.js';
import { ENDING_SIGNS, ENDINGS } from './endings.js';
import { fitLines } from './limits.js';
import { soonestFirst } from './storm.js';
import { escapeText } from './text.js';
import { slackClock } from './times.js';
import { count, signedRate } from './units.js';

/** Services a message and a section: with the worst of names they stay within what Slack takes (13,000 characters and 3,000). */
const A_PAGE = 32;
const A_SECTION = 8;

/**
 * All that a storm has, a line each, out of memory first; messages for its thread. A storm that had `everHad` services keeps as many
 * pages: none of them can be taken back, and a service that left must not stay in one.
 */
export function stormPages(incidents: readonly Incident[], everHad: number, nowMs: number): SlackMessage[] {
  const open = soonestFirst(incidents.filter(({ closed }) => !closed));
  const closed = soonestFirst(incidents.filter((one) => one.closed));
  const lines = [...open, ...closed].map((one) => lineOf(one, nowMs));
  const pages = Math.max(1, Math.ceil(everHad / A_PAGE));
  return Array.from({ length: pages }, (_, page) => pageOf(lines.slice(page * A_PAGE, (page + 1) * A_PAGE), page, lines.length));
}

function pageOf(lines: readonly string[], page: number, all: number): SlackMessage {
  const from = page * A_PAGE + 1;
  const which = lines.length === all ? count(all, 'service') : `${from}–${from + lines.length - 1} of ${count(all, 'service')}`;
  const headline = lines.length === 0 ? 'Nothing is left on this page' : `${which}, by when they are out of memory`;
  const sections: string[] = [];
  for (let at = 0; at < lines.length; at += A_SECTION) sections.push(fitLines(lines.slice(at, at + A_SECTION)));
  return { text: headline, blocks: [`*${headline}*`, ...sections].map(section) };
}

/** `svc-017 07:24 · +110 MiB/h · hv-02 · <@U1> has it` */
function lineOf({ service, latest, acknowledged, closed, oomKills }: Incident, nowMs: number): string {
  const name = escapeText(service.name, 40);
  const kills = oomKills > 0 ? [`💥 ${count(oomKills, 'OOM kill')}`] : [];
  if (closed) return [ENDING_SIGNS[closed.how], name, howWords(closed), ...kills.map((one) => `· ${one}`)].join(' ');
  const rate = latest.growthBytesPerHour === null ? [] : [signedRate(latest.growthBytesPerHour)];
  const end = latest.limitAtMs === null ? '' : ` ${slackClock(latest.limitAtMs, nowMs)}`;
  const hosts = latest.hosts.length > 1 ? count(latest.hosts.length, 'host') : escapeText(latest.hosts[0] ?? '', 20);
  const hand = acknowledged ? [`<@${acknowledged.by}> has it`] : [];
  return [`${name}${end}`, ...rate, ...(hosts ? [hosts] : []), ...kills, ...hand].join(' · ');
}

function howWords({ how, by }: NonNullable<Incident['closed']>): string {
  return by ? `${ENDINGS[how]} (<@${by}>)` : ENDINGS[how];
}
