import type { SlackMessage } from '../model/message.js';

/** One paragraph, in Slack's own markup: whoever calls has escaped what came from outside. */
export function plainMessage(text: string): SlackMessage {
  return { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }] };
}
