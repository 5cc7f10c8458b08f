import type { Unanswered } from '../model/answering.js';
import { type Heartbeat, withoutSamples } from '../model/host.js';
import type { Replica } from '../model/replica.js';
import { type Block, context, section } from './blocks.js';
import { silentLine } from './card-lines.js';
import { listed } from './card-view.js';
import type { HandedOver } from './digest-handover.js';
import { fleetSize } from './fleet-size.js';
import { fitLines } from './limits.js';
import { escapeText, linked } from './text.js';
import { duration, slackClock } from './times.js';
import { unansweredWords } from './unanswered.js';
import { count, signedRate } from './units.js';

export type HomeView = {
  readonly nowMs: number;
  readonly beats: readonly Heartbeat[];
  readonly replicas: readonly Replica[];
  /** In order. */
  readonly open: readonly HandedOver[];
  /** Names of services of which nothing is said by itself: nobody named a channel, or somebody took them off the watch. */
  readonly unwatched: readonly string[];
  /** The metrics server does not answer. Null: it does, or there is none. */
  readonly unanswered: Unanswered | null;
};

/** More are not looked through. */
export const MAX_INCIDENTS = 12;

/** So few in one section that they fit into it, whatever their names are. */
const PER_SECTION = 6;

/** As they are shown: out of memory first, then the oldest. */
export function inOrder(open: readonly HandedOver[]): HandedOver[] {
  return open.toSorted((a, b) => (endMs(a) === endMs(b) ? a.incident.openedMs - b.incident.openedMs : endMs(a) - endMs(b)));
}

/** The home tab: the fleet, what is open, when this was made. Read only: there are links in it, and nothing to press. */
export function homeBlocks(view: HomeView): Block[] {
  const { nowMs } = view;
  const made = `As of ${slackClock(nowMs, nowMs)}; rates and times as they were said last. Opening this tab makes it anew · \`/leak top\` looks at every replica`;
  return [
    section(fitLines(fleetLines(view))),
    { type: 'divider' },
    ...incidentSections(view)
      .filter((lines) => lines.length > 0)
      .map((lines) => section(fitLines(lines))),
    context(made),
  ];
}

/** `*30 services, 90 replicas on 5 hosts*`, and what is missing in that. */
function fleetLines({ replicas, beats, unanswered, nowMs }: HomeView): string[] {
  const silent = silentLine(withoutSamples(beats, nowMs), nowMs);
  return [
    `*${fleetSize(replicas, beats)}*`,
    ...(beats.length === 0 ? ['🔴 No agent has reported yet: nothing is sampled.'] : []),
    ...(silent ? [silent] : []),
    ...unansweredWords(unanswered, nowMs).map((words) => `🟠 ${escapeText(words, 300)}`),
  ];
}

function incidentSections({ open, replicas, unwatched, nowMs }: HomeView): string[][] {
  const rest = open.length - MAX_INCIDENTS;
  const first = open.find((one) => Number.isFinite(endMs(one)));
  const rows = open.slice(0, MAX_INCIDENTS).map((one) => incidentLine(one, nowMs));
  const head = [
    open.length === 0 ? '*No open incident*' : `*${count(open.length, 'open incident')}*`,
    ...(first ? [`Soonest out of memory: ${escapeText(first.incident.service.name, 60)}, ${endWords(endMs(first), nowMs)}`] : []),
  ];
  const last = [
    ...(rest > 0 ? [`+${rest} more`] : []),
    ...unwatchedLine(unwatched, new Set(replicas.map(({ service }) => service.id)).size),
  ];
  return [head, rows.slice(0, PER_SECTION), rows.slice(PER_SECTION), last];
}

/** `🔴 api-svc · +41 MiB/h per replica · out of memory in 2 h 50, at about 06:00 · open 3 h · @ana has it`. */
function incidentLine(one: HandedOver, nowMs: number): string {
  const { incident, link } = one;
  const { service, openedMs, acknowledged, snoozed } = incident;
  const name = escapeText(service.name, 40);
  const until = snoozed?.untilMs;
  const quiet = snoozed && (until === null || (until ?? 0) > nowMs);
  const [sign, ...state] = stateWords(one, nowMs);
  return [
    `${sign} ${link ? linked(link, name) : name}`,
    ...state,
    `open ${duration(nowMs - openedMs)}`,
    ...(acknowledged ? [`<@${acknowledged.by}> has it`] : []),
    ...(quiet ? ['snoozed'] : []),
  ].join(' · ');
}

/** The sign of its state, and that in words: what is calm or gone is not out of memory at any time. */
function stateWords({ incident: { latest }, calmSinceMs, gone }: HandedOver, nowMs: number): [string, ...string[]] {
  if (gone) return ['⚫', 'not on any host now'];
  if (calmSinceMs !== undefined) return ['🟡', `calm since ${slackClock(calmSinceMs, nowMs)}`];
  return [
    '🔴',
    ...(latest.growthBytesPerHour === null ? [] : [`${signedRate(latest.growthBytesPerHour)} per replica`]),
    ...(latest.limitAtMs === null ? [] : [`out of memory ${endWords(latest.limitAtMs, nowMs)}`]),
  ];
}

function endWords(ms: number, nowMs: number): string {
  const at = slackClock(ms, nowMs);
  return ms <= nowMs ? `by ${at}, as it looked then` : `in ${duration(ms - nowMs)}, at about ${at}`;
}

function endMs({ incident: { latest }, calmSinceMs, gone }: HandedOver): number {
  return (gone || calmSinceMs !== undefined ? null : latest.limitAtMs) ?? Number.POSITIVE_INFINITY;
}

/** What is not watched has no incidents, whatever it does. */
function unwatchedLine(unwatched: readonly string[], services: number): string[] {
  if (unwatched.length === 0) return [];
  if (unwatched.length >= services)
    return ['⚠️ No service is watched: set `LEAKWATCH_CHANNEL`. `/leak check` answers all the same'];
  const names = listed(
    unwatched.map((name) => escapeText(name, 40)),
    5,
  );
  return [`Not watched: ${names}`];
}
