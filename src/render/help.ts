import type { SlackMessage } from '../model/message.js';
import { plainMessage } from './plain-message.js';
import { escapeMarkup } from './text.js';

/** One line a command, made of the commands themselves. */
export function helpMessage(commands: readonly { readonly usage: string; readonly summary: string }[]): SlackMessage {
  const width = commands.reduce((most, { usage }) => Math.max(most, usage.length), 0);
  const lines = commands.map(({ usage, summary }) => `/leak ${usage.padEnd(width)}  ${summary}`);
  const text = ['```', ...lines, '```', 'In threads: `@leakwatch check <service>`'].join('\n');
  return { text: 'How to ask Leakwatch', blocks: plainMessage(escapeMarkup(text)).blocks };
}
