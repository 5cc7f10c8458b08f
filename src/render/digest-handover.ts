import type { Incident } from '../model/incident.js';
import { ENDING_SIGNS, ENDINGS } from './endings.js';
import { escapeText, linked } from './text.js';
import { duration, slackClock } from './times.js';
import { count, signedRate } from './units.js';

/** What ends sooner is told by the clock. */
const BY_THE_CLOCK_MS = 48 * 3_600_000;

/** An incident that is handed over: open now, or closed since the last digest. Times in Unix ms. */
export type HandedOver = {
  readonly incident: Incident;
  /** The address of its thread, where that is known. */
  readonly link?: string;
  /** Since when it has been calm, while nobody says yet that it is over. */
  readonly calmSinceMs?: number;
  /** Nothing of the service is there any more. */
  readonly gone?: boolean;
};

/** Open ones first: those that nobody has, then by the time they have left; then what closed, in that order. */
export function pressingFirst(incidents: readonly HandedOver[]): HandedOver[] {
  const rank = ({ incident }: HandedOver) => (incident.closed ? 2 : incident.acknowledged || incident.snoozed ? 1 : 0);
  const end = ({ incident: { closed, latest } }: HandedOver) => closed?.atMs ?? latest.limitAtMs ?? Number.POSITIVE_INFINITY;
  return incidents.toSorted((a, b) => rank(a) - rank(b) || compare(end(a), end(b)));
}

/** `Infinity − Infinity` is no order. */
function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function handoverLine(handed: HandedOver, nowMs: number): string {
  const { incident, link } = handed;
  const { oomKills } = incident;
  const parts = [
    ...(incident.closed ? closedWords(incident, incident.closed, nowMs) : openWords(handed, nowMs)),
    oomKills > 0 ? count(oomKills, 'OOM kill') : undefined,
    link ? linked(link, 'thread') : undefined,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** `🔴 api-svc open since 03:10 · +41 MiB/h · limit at about 06:00 · in hand: @ana`. */
function openWords({ incident, calmSinceMs, gone }: HandedOver, nowMs: number): (string | undefined)[] {
  const { service, openedMs, latest } = incident;
  const name = escapeText(service.name, 60);
  const hand = handWords(incident, nowMs);
  const since = `open since ${slackClock(openedMs, nowMs)}`;
  if (gone) return [`⚫ ${name} ${since}, not on any host now`, hand];
  if (calmSinceMs !== undefined) return [`🟡 ${name} ${since}, calm since ${slackClock(calmSinceMs, nowMs)}`, hand];
  const { growthBytesPerHour, limitAtMs } = latest;
  const speed = growthBytesPerHour !== null && growthBytesPerHour > 0 ? signedRate(growthBytesPerHour) : undefined;
  return [`🔴 ${name} ${since}`, speed, limitAtMs === null ? undefined : limitWords(limitAtMs, nowMs), hand];
}

function handWords({ acknowledged, snoozed }: Incident, nowMs: number): string {
  const until = snoozed?.untilMs ?? Number.POSITIVE_INFINITY;
  const words = [
    ...(acknowledged ? [`in hand: <@${acknowledged.by}>`] : []),
    ...(snoozed && until > nowMs
      ? [`snoozed by <@${snoozed.by}> until ${snoozed.untilMs === null ? 'it is faster' : slackClock(until, nowMs)}`]
      : []),
  ];
  return words.length > 0 ? words.join(' · ') : 'nobody has it';
}

/** `✅ search fixed 09:14, open 6 h 44 · acknowledged @ana`. */
function closedWords(
  { service, openedMs, acknowledged }: Incident,
  { how, by, atMs }: NonNullable<Incident['closed']>,
  nowMs: number,
): (string | undefined)[] {
  const end = `${ENDINGS[how]} ${slackClock(atMs, nowMs)}${by ? ` by <@${by}>` : ''}, open ${duration(atMs - openedMs)}`;
  return [
    `${ENDING_SIGNS[how]} ${escapeText(service.name, 60)} ${end}`,
    acknowledged && acknowledged.by !== by ? `acknowledged <@${acknowledged.by}>` : undefined,
  ];
}

/** `limit at about 11:50`: a digest is read for hours and never edited. `limit in 3 d` is as right in the evening. */
export function limitWords(limitAtMs: number, nowMs: number): string {
  if (limitAtMs <= nowMs) return 'limit now';
  return limitAtMs - nowMs < BY_THE_CLOCK_MS
    ? `limit at about ${slackClock(limitAtMs, nowMs)}`
    : `limit in ${duration(limitAtMs - nowMs)}`;
}
