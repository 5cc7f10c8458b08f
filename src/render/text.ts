/**
 * Names, labels and everything else from outside are untrusted: no markup, no mentions, no invisible characters, no novels.
 * Slack's rule for markup is exactly three characters (slack-facts §7); the rest is made visible.
 */

/** Control characters, bidi overrides, zero-width characters and other format characters: they hide what is really there. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu;

/** For `plain_text`: invisible characters as `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** For `mrkdwn` and `text`: visible, and none of it markup. A name is cut at 120 characters. */
export function escapeText(text: string): string {
  return clip(visible(text), MAX_NAME).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const MAX_NAME = 120;

/** At most `max` characters, the last of them an ellipsis when something is missing. Never cuts a character in two. */
export function clip(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}
