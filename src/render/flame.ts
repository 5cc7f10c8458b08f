import type { SlackMessage } from '../model/message.js';
import { plainMessage } from './plain-message.js';
import { escapeText, linked } from './text.js';

/** The one line beside a file for speedscope. The page is the viewer's: it draws in the browser, and is sent nothing. */
export function flameMessage(filename: string, permalink: string): SlackMessage {
  const file = linked(permalink, escapeText(filename));
  return plainMessage(`Flame graph of what grew: ${file}. Drop it on https://www.speedscope.app, view *Left Heavy*.`);
}
