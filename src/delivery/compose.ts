import type { OutboxEntry, SlackMessage } from '../model/message.js';

type Block = Record<string, unknown>;

/** Blocks in a message (docs.slack.dev/reference/block-kit/blocks). */
const MAX_BLOCKS = 50;
/** `chat.update` counts the UTF-8 bytes of `text` (measured: 3,971 taken, 4,121 refused). */
const MAX_TEXT_BYTES = 3_900;

/** Retries and storms take less. */
const LATE_MS = 10 * 60_000;
const REPEAT = 'May be a repeat: Slack did not say whether the first one arrived.';
const INVITE = 'Invite me for charts and updates: `/invite @leakwatch`';

/** How other people's history is read for what we said: the key and the version of each message. */
export const METADATA_EVENT = 'leakwatch_message';

export function metadataOf(entry: OutboxEntry): { event_type: string; event_payload: { key: string; v: number } } {
  return { event_type: METADATA_EVENT, event_payload: { key: entry.key, v: entry.version } };
}

/**
 * The message as it goes to Slack, always from our own blocks and never from Slack's echo of them. What delivery adds (the
 * picture, what became of it, what is uncertain) comes last, but before the buttons.
 */
export function compose(entry: OutboxEntry): SlackMessage {
  const text = bounded(entry.message.text);
  if (entry.plain) return { text: bounded([text, ...remarks(entry)].join('\n')), blocks: [] };
  const blocks = [...entry.message.blocks];
  const buttons = blocks.at(-1)?.type === 'actions' ? blocks.splice(-1) : [];
  const added = [...picture(entry), ...remarks(entry).map(contextLine), ...buttons];
  return { text, blocks: [...blocks.slice(0, MAX_BLOCKS - added.length), ...added] };
}

/** What is new to somebody who has the version before and cannot be shown an edit of it: the picture alone, or all of it. */
export function composeNews(entry: OutboxEntry): SlackMessage {
  const shown = picture(entry);
  if (!entry.onlyPictureIsNew || (shown.length === 0 && !entry.chartNote)) return compose(entry);
  const text = shown.length > 0 ? (entry.chartAltText ?? 'Chart') : (entry.chartNote ?? '');
  return { text: bounded(text), blocks: shown.length > 0 ? shown : [contextLine(text)] };
}

/** Not a member: no pictures there, and the person is told how to have them. */
function uninvited(entry: OutboxEntry): boolean {
  return entry.via === 'reply' && entry.target.kind === 'channel';
}

function picture(entry: OutboxEntry): Block[] {
  if (!entry.chartFileId || uninvited(entry)) return [];
  return [{ type: 'image', slack_file: { id: entry.chartFileId }, alt_text: (entry.chartAltText ?? 'Chart').slice(0, 2_000) }];
}

function remarks(entry: OutboxEntry): string[] {
  return [
    ...(entry.chartNote && !uninvited(entry) ? [entry.chartNote] : []),
    ...(entry.meantFor ? [meantFor(entry.meantFor)] : []),
    ...((entry.lateMs ?? 0) >= LATE_MS ? [late(entry.lateMs ?? 0)] : []),
    ...(entry.repeat ? [REPEAT] : []),
    ...(uninvited(entry) ? [INVITE] : []),
  ];
}

/** `Said 2 h late: …`; what is in it is of now, but whoever reads it should know since when it was known (reliability S10). */
function late(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return `Said ${minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`} late: it could not be posted before.`;
}

/** What mends it is in `status`, too. A channel's name is from a label. */
function meantFor({ channel, error }: { readonly channel: string; readonly error: string }): string {
  const name = /^[CG]\w{6,}$/.test(channel)
    ? `<#${channel}>`
    : channel.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `Meant for ${name}, where Slack does not let me post (\`${error}\`): \`/invite @leakwatch\` there, or set another \`channel\` for this service.`;
}

function contextLine(text: string): Block {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

function bounded(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_TEXT_BYTES) return text;
  return `${bytes
    .subarray(0, MAX_TEXT_BYTES - 3)
    .toString()
    .replace(/�+$/, '')}…`;
}
