import type { Incident } from '../model/incident.js';
import { type Block, plainText } from './blocks.js';
import { MAX_BUTTON_VALUE } from './limits.js';
import { linked } from './text.js';
import { slackClock } from './times.js';

/** The open incident of the service that a card is about. `link`: its thread's address; absent: not known, or this is its thread. */
export type InHand = Pick<Incident, 'openedMs' | 'acknowledged' | 'snoozed'> & { readonly link?: string };

/** `Already in hand: acknowledged by @ana 03:14 → thread`; `Already said 03:12, nobody has it yet → thread`. */
export function inHandLine({ openedMs, acknowledged, snoozed, link }: InHand, nowMs: number): string {
  const first = acknowledged
    ? `Already in hand: acknowledged by <@${acknowledged.by}> ${slackClock(acknowledged.atMs, nowMs)}`
    : `Already said ${slackClock(openedMs, nowMs)}`;
  const quiet = snoozeWords(snoozed, nowMs);
  const words = [first, ...quiet, ...(acknowledged || quiet.length > 0 ? [] : ['nobody has it yet'])].join(', ');
  return link ? `${words} → ${linked(link, 'thread')}` : words;
}

/** `snoozed until 07:00 by @bo`; nothing once that is over. */
export function snoozeWords(snoozed: Incident['snoozed'], nowMs: number): string[] {
  if (!snoozed || (snoozed.untilMs ?? Number.POSITIVE_INFINITY) <= nowMs) return [];
  const until = snoozed.untilMs === null ? 'it is faster' : slackClock(snoozed.untilMs, nowMs);
  return [`snoozed until ${until} by <@${snoozed.by}>`];
}

/** Under an answer in a thread: from now on evidence goes there. The value is the service; nothing that could not be sent back is offered. */
export function collectButton(serviceId: string | undefined): Block[] {
  if (!serviceId || serviceId.length > MAX_BUTTON_VALUE) return [];
  const text = plainText('Collect here');
  const label = 'Collect the evidence about this service in this thread';
  return [{ type: 'button', action_id: 'collect_here', text, value: serviceId, accessibility_label: label }];
}
