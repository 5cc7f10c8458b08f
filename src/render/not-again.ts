import type { SlackMessage } from '../model/message.js';
import { context } from './blocks.js';
import { clip } from './text.js';

const BLOCK_ID = 'not_again';
/** As much of a sentence as a line has. */
const MAX_WORDS = 500;

/** An answer that stays, with a line under it that it could not be looked at again, and why (`sentence`: escaped). Done twice it is one line. */
export function notAgain({ text, blocks }: SlackMessage, sentence: string): SlackMessage {
  const words = `⚪ This could not be looked at again, so it stays as it was then: ${clip(sentence, MAX_WORDS)} \`/leak check\` looks anew.`;
  const line = { ...context(words), block_id: BLOCK_ID };
  return { text, blocks: [...blocks.filter(({ block_id }) => block_id !== BLOCK_ID), line] };
}
