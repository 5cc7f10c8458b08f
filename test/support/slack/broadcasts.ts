import type { Block, Message } from './words.js';

/** What Slack takes as a call to many: `<!here>`, `<!subteam^S…>`, each also with a label after a bar. */
const LIVE = /<!(?:here|channel|everyone|group|subteam\^[A-Z0-9]+)(?:\|[^>]*)?>/g;

/**
 * The calls to many that a message would make. The plain text counts even beside blocks: it is the notification. Texts that
 * Slack does not parse (`plain_text`, `raw_text`, text of `rich_text`) call nobody.
 */
export function broadcastsIn({ text, blocks, attachments }: Pick<Message, 'text' | 'blocks' | 'attachments'>): string[] {
  return [...(text.match(LIVE) ?? []), ...[...blocks, ...attachments].flatMap(inBlock)];
}

function inBlock(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(inBlock);
  if (typeof value !== 'object' || value === null) return [];
  const block = value as Block;
  if (block.type === 'plain_text' || block.type === 'raw_text' || block.type === 'text') return [];
  if (block.type === 'broadcast') return [`<!${String(block.range)}>`];
  if (block.type === 'usergroup') return [`<!subteam^${String(block.usergroup_id)}>`];
  return Object.values(block).flatMap((inner) => (typeof inner === 'string' ? (inner.match(LIVE) ?? []) : inBlock(inner)));
}
