import type { SlackMessage } from '../model/message.js';

/**
 * Slack takes no commands in threads (slack-facts §0.2), so what is proposed to who mentioned us there is a mention of the same words: one
 * grammar has both. Only our own words have a backtick in them (`render/text.ts`).
 */
export function asMentions({ text, blocks }: SlackMessage): SlackMessage {
  return { text: inWords(text), blocks: blocks.map((block) => ({ ...block, ...inText(block.text) })) };
}

function inText(text: unknown): object {
  const words = (text as { readonly text?: unknown } | undefined)?.text;
  return typeof words === 'string' ? { text: { ...(text as object), text: inWords(words) } } : {};
}

function inWords(text: string): string {
  return text.replaceAll('`/leak ', '`@leakwatch ');
}
