import type { Incident } from '../model/incident.js';
import type { SlackMessage } from '../model/message.js';
import { listed } from './card-view.js';
import { fitLines } from './limits.js';
import { plainMessage } from './plain-message.js';
import { escapeText, visible } from './text.js';
import { duration, slackClock } from './times.js';
import { count, plainRate } from './units.js';

const MAX_SHOWN = 5;
/** Slack takes 100 options; more than a screen of them is not chosen from. */
const MAX_OPTIONS = 25;

/** Many leaks in one message: since when, what they have in common, which is out of memory first. Its key is the storm's id. */
export function stormMessage(storm: string, incidents: readonly Incident[], nowMs: number): SlackMessage {
  if (incidents.length === 0) return plainMessage('✅ Nothing is left of this storm: each leak of it has a message of its own');
  const open = incidents.filter(({ closed }) => !closed).toSorted((a, b) => endOf(a) - endOf(b));
  const sinceMs = Math.min(...incidents.map(({ openedMs }) => openedMs));
  const hosts = [...new Set(open.flatMap(({ latest }) => latest.hosts))];
  const since = slackClock(sinceMs, nowMs);
  const gone = incidents.length - open.length;
  const headline =
    open.length === 0
      ? `✅ All ${count(incidents.length, 'service')} of the storm are calm or closed`
      : `🔴 ${count(open.length, 'service')} leaking, all within minutes${gone > 0 ? ` (${gone} closed)` : ''}`;
  const lines = [
    `*${headline}*`,
    `Since ${since}${hosts.length === 1 ? `, all on ${escapeText(hosts[0] ?? '', 40)}: look at that host first` : `, on ${count(hosts.length, 'host')}`}`,
    ...(open.length > 0
      ? [
          `Soonest: ${listed(
            open.map((one) => soonWords(one, nowMs)),
            MAX_SHOWN,
          )}`,
        ]
      : []),
    ...handLine(open),
  ];
  const text = { type: 'mrkdwn', text: fitLines(lines), verbatim: true };
  return { text: headline, blocks: [{ type: 'section', text }, ...buttons(storm, open)] };
}

function endOf({ latest }: Incident): number {
  return latest.limitAtMs ?? Number.POSITIVE_INFINITY;
}

function soonWords({ service, latest }: Incident, nowMs: number): string {
  const speed = latest.growthBytesPerHour === null ? '' : ` +${plainRate(latest.growthBytesPerHour)}`;
  const left = latest.limitAtMs === null ? speed : ` ${duration(Math.max(0, latest.limitAtMs - nowMs))}`;
  return `${escapeText(service.name, 40)}${left}`;
}

function handLine(open: readonly Incident[]): string[] {
  const taken = open.filter(({ acknowledged }) => acknowledged);
  const who = [...new Set(taken.map(({ acknowledged }) => `<@${acknowledged?.by}>`))];
  return taken.length > 0 ? [`In hand: ${taken.length} of ${open.length}, by ${listed(who)}`] : [];
}

function buttons(storm: string, open: readonly Incident[]): Record<string, unknown>[] {
  if (open.length === 0) return [];
  const plain = (text: string) => ({ type: 'plain_text', text: text.slice(0, 75), emoji: false });
  const options = open.slice(0, MAX_OPTIONS).map(({ id, service }) => ({ text: plain(visible(service.name)), value: id }));
  return [
    {
      type: 'actions',
      elements: [
        ...(open.every(({ acknowledged }) => acknowledged)
          ? []
          : [{ type: 'button', action_id: 'storm_acknowledge', text: plain('Acknowledge all'), value: storm }]),
        { type: 'static_select', action_id: 'storm_split', placeholder: plain('Split out'), options },
      ],
    },
  ];
}
