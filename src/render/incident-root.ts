import type { ServiceAssessment } from '../model/assessment.js';
import type { Incident } from '../model/incident.js';
import type { SlackMessage } from '../model/message.js';
import { section } from './blocks.js';
import { outOfMemoryAtLine, rateWords } from './card-leaking.js';
import { downLine, historyLine, scopeLine, silentLine } from './card-lines.js';
import { notLine } from './card-not.js';
import { missingLine } from './card-others.js';
import { cycleLine, partLine, sinceLine } from './card-reason.js';
import { subjectOf } from './card-view.js';
import { auditWords, compareLink, slopesWords } from './deploys.js';
import { ENDING_SIGNS, lastEnding } from './endings.js';
import { snoozeWords } from './in-hand.js';
import { actButtons, closedButtons } from './incident-buttons.js';
import { newsWords } from './incident-news.js';
import { fitLines, MAX_LINES } from './limits.js';
import { escapeText, linked } from './text.js';
import { duration, slackClock } from './times.js';
import { count } from './units.js';

export type RootView = {
  readonly nowMs: number;
  readonly windowMs: number;
  /** Slack's mention of who owns the service: pages only. */
  readonly owner?: string;
};

/**
 * The root of an incident, as it is now: what leaks, how fast, until when, who has it; once it is over, how it ended. `text` is the
 * notification: name, rate, time. At most 12 lines.
 */
export function rootMessage(incident: Incident, assessment: ServiceAssessment, view: RootView): SlackMessage {
  const { headline, lines } = incident.closed ? over(incident, assessment, view) : going(incident, assessment, view);
  const said = lines.flatMap((line) => (line ? [line] : [])).slice(0, MAX_LINES - 2);
  return {
    text: headline,
    blocks: [section(fitLines([`*${headline}*`, ...said])), incident.closed ? closedButtons(incident) : actButtons(incident)],
  };
}

function going(
  incident: Incident,
  assessment: ServiceAssessment,
  view: RootView,
): { headline: string; lines: (string | undefined)[] } {
  const { nowMs } = view;
  const subject = subjectOf(assessment);
  const calm = assessment.verdict !== 'leaking';
  const name = escapeText(incident.service.name, 60);
  return {
    headline: calm ? `🟡 ${name}: ${calmWords(assessment)}` : `🔴 ${name} leaking${rateWords(assessment)}`,
    lines: [
      ownerLine(incident, assessment, view),
      handLine(incident, nowMs),
      collectedLine(incident),
      partLine(assessment),
      cycleLine(assessment),
      calm ? undefined : outOfMemoryAtLine(assessment, nowMs),
      scopeLine(assessment),
      missingLine(assessment),
      downLine(assessment),
      ...deployLines(incident, assessment, view),
      subject ? notLine(subject) : undefined,
      deployLine(incident, nowMs),
      killLine(incident),
      silentLine(assessment.silentHosts, nowMs),
      historyLine(assessment),
    ],
  };
}

/**
 * `Since 21:40, 6 min after v1.42.0 → v1.42.1 (compare): 0 ± 0.8 MiB/h before it, +41 MiB/h (32–50) after`. A deploy that made it
 * worse and is not the one that growth began near has a line of its own.
 */
function deployLines({ opening, audit }: Incident, assessment: ServiceAssessment, view: RootView): (string | undefined)[] {
  const since = sinceLine(assessment, { ...view, watching: false });
  const near = assessment.onsetNear;
  if (since && audit && near?.image === audit.image && near.previousImage === audit.previousImage)
    return [`${since}${compareLink(audit.compareUrl)}${slopesWords(audit)}`];
  const url = near && near.image === opening.since?.near?.image ? opening.since.compareUrl : undefined;
  return [since ? `${since}${compareLink(url)}` : undefined, audit ? auditWords(audit) : undefined];
}

/** It was leaking, and is not now; that is not over yet. */
function calmWords({ verdict, explanation }: ServiceAssessment): string {
  if (verdict === 'unknown') return `can't tell now whether it still leaks. ${escapeText(explanation, 150)}`;
  return verdict === 'stable' ? 'was leaking, calm now; watching whether it stays so' : 'was leaking, not sure now';
}

/** Who is to be woken for it, until somebody has it: while nobody can tell, too, and not when it is calm. */
function ownerLine({ level, acknowledged }: Incident, { verdict }: ServiceAssessment, { owner }: RootView): string | undefined {
  return level === 'page' && !acknowledged && owner && verdict !== 'stable' ? `${owner}: out of memory soon` : undefined;
}

function handLine({ acknowledged, snoozed }: Incident, nowMs: number): string | undefined {
  const words = [
    ...(acknowledged ? [`In hand: <@${acknowledged.by}> since ${slackClock(acknowledged.atMs, nowMs)}`] : []),
    ...snoozeWords(snoozed, nowMs),
  ];
  return words.length > 0 ? words.join(' · ') : undefined;
}

function collectedLine({ collected, place }: Incident): string | undefined {
  if (!collected) return undefined;
  const thread = collected.link ? linked(collected.link, 'a thread') : 'a thread';
  return `Evidence goes to ${thread} in <#${place.channel}>, asked by <@${collected.by}>`;
}

function deployLine({ deploy }: Incident, nowMs: number): string | undefined {
  if (!deploy) return undefined;
  return newsWords({ kind: 'deploy', ...deploy }, nowMs);
}

function killLine({ oomKills, restarts }: Incident): string | undefined {
  const words = [...(oomKills > 0 ? [count(oomKills, 'OOM kill')] : []), ...(restarts > 0 ? [count(restarts, 'restart')] : [])];
  return words.length > 0 ? `Since it opened: ${words.join(', ')}` : undefined;
}

const HOW = {
  recovered: 'calm again',
  fixed: 'fixed',
  resolved: 'resolved',
  'not-a-leak': 'is not a leak',
  gone: 'is gone',
  unwatched: 'is no longer watched',
} as const;

/** `✅ api-svc fixed by v1.42.2`, with both slopes, how long it was open and who did what. */
function over(
  incident: Incident,
  _: ServiceAssessment,
  { nowMs }: RootView,
): { headline: string; lines: (string | undefined)[] } {
  const { closed, openedMs, acknowledged, oomKills, service } = incident;
  const name = escapeText(service.name, 60);
  const last = lastEnding(incident.moments);
  const how = closed?.how ?? 'resolved';
  const who = acknowledged ? ` · acknowledged <@${acknowledged.by}>` : '';
  return {
    headline: `${ENDING_SIGNS[how]} ${name} ${HOW[how]}`,
    lines: [
      last?.words,
      `Open ${duration((closed?.atMs ?? nowMs) - openedMs)} · ${count(oomKills, 'OOM kill')}${who}`,
      collectedLine(incident),
    ],
  };
}
