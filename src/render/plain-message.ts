import type { SlackMessage } from '../model/message.js';
import { section } from './blocks.js';

/** One paragraph, in Slack's own markup: whoever calls has escaped what came from outside. */
export function plainMessage(text: string): SlackMessage {
  return { text, blocks: [section(text)] };
}
