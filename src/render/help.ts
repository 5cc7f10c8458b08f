import type { SlackMessage } from '../model/message.js';

/** One line a command, made of the commands themselves. */
export function helpMessage(commands: readonly { readonly usage: string; readonly summary: string }[]): SlackMessage {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  const lines = commands.map(({ usage, summary }) => `/leak ${usage.padEnd(width)}  ${summary}`);
  const text = `${'```'}\n${lines.join('\n')}\n${'```'}\nIn threads: \`@leakwatch check <service>\``;
  return {
    text: 'How to ask Leakwatch',
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: escaped(text), verbatim: true } }],
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
