import type { Incident } from '../model/incident.js';
import type { SlackMessage } from '../model/message.js';
import { type Block, plainText, section } from './blocks.js';
import { listed } from './card-view.js';
import { fitLines } from './limits.js';
import { inCommon, whereWords } from './storm-common.js';
import { escapeText, visible } from './text.js';
import { slackClock } from './times.js';
import { count } from './units.js';

const MAX_SHOWN = 3;
/** Slack takes 100 options; more than a screen of them is not chosen from. */
const MAX_OPTIONS = 25;
const MINUTE_MS = 60_000;

/**
 * Many leaks in one message: where they are, what they have in common, which is out of memory first. All of them are in its thread
 * (`storm-list.ts`). `left`: how many it had that have a message of their own by now.
 */
export function stormMessage(storm: string, incidents: readonly Incident[], left: number, nowMs: number): SlackMessage {
  const open = soonestFirst(incidents.filter(({ closed }) => !closed));
  const closed = incidents.length - open.length;
  const headline = headlineOf(open, closed);
  const lines = [
    `*${headline}*`,
    ...(incidents.length > 0 ? [sinceLine(incidents, nowMs)] : []),
    ...(open.length > 1 ? [inCommon(open, nowMs)] : []),
    ...(open.length > 0 ? [soonestLine(open, nowMs)] : []),
    ...handLine(open),
    ...(closed > 0 && open.length > 0 ? [`${closed} calm or closed: in the thread`] : []),
    ...(left > 0 ? [`${left} more ${left === 1 ? 'has a message of its' : 'have messages of their'} own by now`] : []),
  ];
  return { text: headline, blocks: [section(fitLines(lines)), ...buttons(storm, open)] };
}

function headlineOf(open: readonly Incident[], closed: number): string {
  if (open.length > 0) return `🔴 ${count(open.length, 'service')} leaking, ${whereWords(open)}`;
  if (closed === 0) return '⚪ Each service of this storm has a message of its own by now';
  return closed === 1
    ? '✅ The one service of this storm is calm or closed'
    : `✅ All ${closed} services of this storm are calm or closed`;
}

/** Out of memory first, first. */
export function soonestFirst(incidents: readonly Incident[]): Incident[] {
  const endOf = ({ latest }: Incident) => latest.limitAtMs ?? Number.MAX_VALUE;
  return incidents.toSorted((a, b) => endOf(a) - endOf(b) || a.service.id.localeCompare(b.service.id));
}

/** Found one after the other; they may have grown for long before. */
function sinceLine(incidents: readonly Incident[], nowMs: number): string {
  const found = incidents.map(({ openedMs }) => openedMs);
  const [first, last] = [Math.min(...found), Math.max(...found)];
  if (last - first < MINUTE_MS) return `Found at ${slackClock(first, nowMs)}`;
  return `Found from ${slackClock(first, nowMs)} to ${slackClock(last, nowMs)}`;
}

/** By the clock: how much is left would be wrong a minute later, and a storm's message is edited when something happens only. */
function soonestLine(open: readonly Incident[], nowMs: number): string {
  const shown = open.slice(0, MAX_SHOWN).map(({ service, latest }) => {
    const end = latest.limitAtMs === null ? '' : ` ${slackClock(latest.limitAtMs, nowMs)}`;
    return `${escapeText(service.name, 40)}${end}`;
  });
  const more = open.length - shown.length;
  const rest = more > 0 ? [`${more} more in the thread`] : [];
  const lead = open.some(({ latest }) => latest.limitAtMs !== null)
    ? 'Out of memory first'
    : 'When they are out of memory is not known';
  return `${lead}: ${[...shown, ...rest].join(' · ')}`;
}

function handLine(open: readonly Incident[]): string[] {
  const taken = open.filter(({ acknowledged }) => acknowledged);
  const who = [...new Set(taken.map(({ acknowledged }) => `<@${acknowledged?.by}>`))];
  return taken.length > 0 ? [`In hand: ${taken.length} of ${open.length}, by ${listed(who)}`] : [];
}

function buttons(storm: string, open: readonly Incident[]): Block[] {
  if (open.length === 0) return [];
  const plain = (text: string) => plainText(text.slice(0, 75));
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
