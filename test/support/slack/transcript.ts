import type { State } from './state.js';
import type { Block, Message } from './words.js';

/** A channel as a person reads it: threads indented below their roots, pictures by their alternative text. */
export function transcript(state: State, channelId: string, reader?: string): string {
  const seen = state.messages.filter(
    (one) => one.channel === channelId && (one.ephemeralFor === undefined || one.ephemeralFor === reader),
  );
  const roots = seen.filter((one) => one.threadTs === undefined);
  const lost = seen.filter((one) => one.threadTs !== undefined && !roots.some(({ ts }) => ts === one.threadTs));
  const lines = roots.flatMap((root) => [
    ...said(state, root),
    ...seen.filter((one) => one.threadTs === root.ts).flatMap((reply) => said(state, reply).map((line) => `    ${line}`)),
  ]);
  const name = state.channels.get(channelId)?.name ?? channelId;
  return [`#${name}`, ...lines, ...lost.flatMap((one) => said(state, one).map((line) => `    ${line}`))].join('\n');
}

function said(state: State, message: Message): string[] {
  const name = state.users.get(message.user)?.name ?? message.user;
  const remarks = [message.edited ? '(edited)' : '', message.ephemeralFor ? '(only visible to you)' : ''].filter(Boolean);
  const files = message.fileIds.map((id) => `[file ${id}]`);
  const body =
    message.blocks.length > 0
      ? message.blocks.flatMap((block) => blockLines(state, block))
      : mrkdwn(state, message.text).split('\n');
  return [`${[name, ...remarks].join(' ')}:`, ...[...body, ...files].map((line) => `  ${line}`)];
}

type Lines = (state: State, block: Block) => readonly (string | false | undefined)[];

const KINDS: Readonly<Record<string, Lines>> = {
  section: (state, { text, fields, accessory }) => [
    text !== undefined && textOf(state, text),
    ...((fields as unknown[] | undefined) ?? []).map((field) => textOf(state, field)),
    accessory !== undefined && elementOf(state, accessory as Block),
  ],
  header: (state, { text }) => [textOf(state, text)],
  divider: () => ['———'],
  image: (state, block) => [elementOf(state, block)],
  context: (state, { elements }) => [(elements as Block[]).map((one) => elementOf(state, one)).join(' · ')],
  actions: (state, { elements }) => [(elements as Block[]).map((one) => elementOf(state, one)).join(' ')],
  markdown: (_state, { text }) => [String(text)],
  table: (state, { rows }) => tableLines(state, rows),
  data_table: (state, { rows, caption }) => [String(caption), ...tableLines(state, rows)],
  data_visualization: (_state, { title }) => [`[chart: ${String(title)}]`],
  rich_text: (state, block) => [richText(state, block)],
  container: (state, { title, child_blocks }) => [
    textOf(state, title),
    ...(child_blocks as Block[]).flatMap((block) => blockLines(state, block)),
  ],
  card: (state, { title, subtitle, body, actions }) => [
    ...[title, subtitle, body].map((text) => text !== undefined && textOf(state, text)),
    ((actions as Block[] | undefined) ?? []).map((one) => elementOf(state, one)).join(' '),
  ],
};

function blockLines(state: State, block: Block): string[] {
  const lines = (Object.hasOwn(KINDS, String(block.type)) ? KINDS[String(block.type)]?.(state, block) : undefined) ?? [
    `[${String(block.type)}]`,
  ];
  return lines.filter((line): line is string => typeof line === 'string' && line !== '').flatMap((line) => line.split('\n'));
}

function elementOf(state: State, element: Block): string {
  if (element.type === 'image') return `[image: ${String(element.alt_text)}]`;
  if (element.type === 'button') return `[${textOf(state, element.text)}]`;
  if (element.placeholder !== undefined) return `[${textOf(state, element.placeholder)} ▾]`;
  return element.text === undefined ? `[${String(element.type)}]` : textOf(state, element);
}

function tableLines(state: State, rows: unknown): string[] {
  return (rows as Block[][]).map((row) =>
    row.map((cell) => (cell.type === 'rich_text' ? richText(state, cell) : String(cell.text))).join(' | '),
  );
}

function richText(state: State, value: Block): string {
  const parts = (value.elements as Block[] | undefined)?.map((one) => richText(state, one));
  if (parts) return parts.join(value.type === 'rich_text' || value.type === 'rich_text_list' ? '\n' : '');
  if (value.type === 'user') return `@${state.users.get(String(value.user_id))?.name ?? String(value.user_id)}`;
  if (value.type === 'emoji') return `:${String(value.name)}:`;
  if (value.type === 'broadcast') return `@${String(value.range)}`;
  return String(value.text ?? value.url ?? value.fallback ?? '');
}

function textOf(state: State, value: unknown): string {
  const { type, text } = value as { type?: string; text?: unknown };
  return type === 'mrkdwn' ? mrkdwn(state, String(text)) : String(text);
}

/** Links by their labels, mentions by their names, dates by their fallbacks; the three encoded characters decoded. */
function mrkdwn(state: State, text: string): string {
  const links = text.replace(/<([^<>]+)>/g, (_whole, inner: string) => {
    const [target = '', label] = inner.split('|');
    if (target.startsWith('@')) return `@${state.users.get(target.slice(1))?.name ?? target.slice(1)}`;
    if (target.startsWith('#')) return `#${state.channels.get(target.slice(1))?.name ?? target.slice(1)}`;
    if (target.startsWith('!') && !target.startsWith('!date')) return `@${label ?? target.slice(1)}`;
    return label ?? target;
  });
  return links.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
