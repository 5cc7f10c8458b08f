import type { SlackMessage } from '../model/message.js';

/** The first section of a message as a terminal shows it: no markup, times as their fallback says them. */
export function plainLines({ blocks }: SlackMessage): string[] {
  const [section] = blocks as readonly { readonly text?: { readonly text?: string } }[];
  return (section?.text?.text ?? '').split('\n').map((line) =>
    line
      .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
      .replace(/<[^|>]*\|([^>]*)>/g, '$1')
      .replaceAll('*', '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );
}
