import { count } from './units.js';

/** What Slack takes (docs.slack.dev/reference/block-kit; slack-facts §1.2). In characters unless said otherwise. */
export const MAX_SECTION_TEXT = 3_000;
export const MAX_CONTEXT_TEXT = 3_000;
export const MAX_BUTTON_VALUE = 2_000;
export const MAX_ALT_TEXT = 2_000;
export const MAX_LABEL = 75;
export const MAX_OPTIONS = 100;

/** More lines than this are not read at night. A choice. */
export const MAX_LINES = 12;

/** As many whole lines as fit into one text object; a line is never cut, since it may hold markup of ours. */
export function fitLines(lines: readonly string[], max = MAX_SECTION_TEXT): string {
  const all = lines.join('\n');
  if (all.length <= max) return all;
  const kept: string[] = [];
  const room = max - '\n+999 more lines'.length;
  let length = 0;
  for (const line of lines) {
    if (length + line.length + 1 > room) break;
    kept.push(line);
    length += line.length + 1;
  }
  return [...kept, `+${count(lines.length - kept.length, 'more line')}`].join('\n');
}
