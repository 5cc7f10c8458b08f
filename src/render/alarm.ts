import type { AlertCase, CaseAlert } from '../model/alert.js';
import type { SlackMessage } from '../model/message.js';
import { context, section } from './blocks.js';
import { fitLines, MAX_CONTEXT_TEXT } from './limits.js';
import { escapeMarkup, escapeText } from './text.js';
import { slackClock } from './times.js';
import { count } from './units.js';

/** More of one case, or more labels, are counted. */
const MAX_ALERTS = 5;
const MAX_LABELS = 12;
const MAX_SERVICES = 5;
/** So far two clocks may be apart. */
const AHEAD_MS = 60_000;

/** Somebody else's alert in one line: `🔔 Alertmanager: HighMemory fires since 03:08 (critical): 92 % of its limit`. Nothing of it is a link. */
export function alarmWords(alert: CaseAlert, nowMs: number): string {
  const { from, name, severity, summary, status, startsAtMs, endsAtMs, truncatedAlerts, unheardSinceMs } = alert;
  const about = `${from}: *${escapeText(name, 100)}*`;
  if (status === 'resolved') {
    const since = sinceOf(endsAtMs, nowMs);
    return `🔕 ${about} does not fire any more${since}. Noted, not believed: it is over when memory says so`;
  }
  const since = sinceOf(startsAtMs, nowMs);
  const how = severity ? ` (${escapeText(severity, 40)})` : '';
  const more = truncatedAlerts > 0 ? ` · ${count(truncatedAlerts, 'more alert')} of its group left out by ${from}` : '';
  const words = `${since}${how}${summary ? `: ${escapeText(summary, 300)}` : ''}${more}`;
  if (unheardSinceMs === undefined) return `🔔 ${about} fires${words}`;
  return `⚪ ${about} fired${words} · no signal since ${slackClock(unheardSinceMs, nowMs)}: whether it still fires is not known`;
}

/** Nothing is so since a time that is still to come: a clock there is wrong, or an end was announced. */
function sinceOf(ms: number | null, nowMs: number): string {
  return ms === null || ms > nowMs + AHEAD_MS ? '' : ` since ${slackClock(ms, nowMs)}`;
}

/** All alerts of a case, the newest last: above the card that answers them. */
export function alarmLines({ alerts, more }: AlertCase, nowMs: number): string[] {
  const shown = alerts.slice(-MAX_ALERTS);
  const hidden = alerts.length - shown.length + more;
  return [...(hidden > 0 ? [`${count(hidden, 'alert')} before`] : []), ...shown.map((alert) => alarmWords(alert, nowMs))];
}

/** A card that answers alerts: what they say stands above it. What is first said stays the verdict. */
export function withAlarms(message: SlackMessage, one: AlertCase, nowMs: number): SlackMessage {
  const text = fitLines(alarmLines(one, nowMs), MAX_CONTEXT_TEXT);
  return { ...message, blocks: [context(text), ...message.blocks] };
}

/** Alerts about nobody here: said once, with what they say of themselves. */
export function strayMessage(one: AlertCase, nowMs: number): SlackMessage {
  const { services = [] } = one;
  const last = one.alerts.at(-1);
  const names = services.slice(0, MAX_SERVICES).map(({ id }) => escapeText(id, 80));
  const rest = services.length - names.length;
  const why =
    names.length > 0
      ? `That could be ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}: a label \`project\` or \`host\` would tell.`
      : 'Its labels name no service or container that I know, so nothing was checked.';
  const lines = [...alarmLines(one, nowMs), why, ...(last ? [labelsLine(last)] : [])];
  const text = last ? `${last.from}: ${escapeText(last.name, 100)}, about no service that I know` : 'An alert';
  return { text, blocks: [section(fitLines(lines))] };
}

/** Alerts about many services at once, none of which surely leaks. */
export function manyMessage(one: AlertCase, nowMs: number): SlackMessage {
  const total = count(one.alerts.length + one.more, 'more alert');
  const text = `🔔 ${total} at once, about services that are not surely leaking`;
  const lines = [
    `*${text}*`,
    ...alarmLines(one, nowMs),
    `Who leaks is said by itself; \`${escapeMarkup('/leak check <service>')}\` says how each is`,
  ];
  return { text, blocks: [section(fitLines(lines))] };
}

function labelsLine({ labels, moreLabels }: CaseAlert): string {
  const shown = labels.filter(([name]) => name !== 'alertname').slice(0, MAX_LABELS);
  const hidden = labels.length - shown.length + moreLabels - (labels.some(([name]) => name === 'alertname') ? 1 : 0);
  const words = shown.map(([name, value]) => `${escapeText(name, 40)}=${escapeText(value, 60)}`);
  return `Labels: ${[...words, ...(hidden > 0 ? [`+${hidden} more`] : [])].join(' · ') || 'none'}`;
}
