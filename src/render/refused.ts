import { escapeText } from './text.js';
import { slackClock } from './times.js';
import { count } from './units.js';

/** The newest of the messages that Slack refused for good: in its word, when, and where it was to be (an id). */
export type Refused = { readonly error: string; readonly atMs: number; readonly channel: string };

const ELSEWHERE = 'set another one as `LEAKWATCH_CHANNEL`, or as `channel` in `leakwatch.yml`';
/** What whoever runs this can do about it, by Slack's word. */
const REMEDIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    is_archived: `it is archived: ${ELSEWHERE}`,
    not_in_channel: 'I am not a member: `/invite @leakwatch` there',
    channel_not_found: 'I cannot see it: `/invite @leakwatch` there, or correct the name',
    restricted_action: `only some people may post there: ask an admin of the workspace, or ${ELSEWHERE}`,
    no_permission: 'I may not post there: `/invite @leakwatch` there',
    thread_not_found: 'the thread is deleted: `/leak check` answers elsewhere',
    message_not_found: 'the message is deleted: nothing is to be done, it is not said again',
    edit_window_closed: 'the workspace lets nobody edit so late: an admin can allow it',
    cant_update_message: 'the message is not mine any more: was the app installed anew? What is new is posted anew',
  }),
);

/** `🟠 Slack refused 3 messages for good in 7 days, the last 22:10 UTC in #ops: it is archived: set another one …`. */
export function refusedLine(messages: number, last: Refused | undefined, nowMs: number): string {
  const first = `🟠 Slack refused ${count(messages, 'message')} for good in 7 days`;
  if (!last) return `${first}; the log says which and why.`;
  const word = last.error.replace(/^restricted_action_.*/, 'restricted_action');
  const why = REMEDIES.get(word) ?? `its word is \`${escapeText(last.error, 80)}\`: the log says of which message`;
  const where = /^[CGD]\w{6,}$/.test(last.channel) ? ` in <#${last.channel}>` : ` in ${escapeText(last.channel, 80)}`;
  return `${first}, the last ${slackClock(last.atMs, nowMs)}${where}: ${why}.`;
}
