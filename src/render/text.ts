/**
 * Names, labels and everything else from outside are untrusted: no markup, no mentions, no invisible characters, no novels.
 * Slack's rule for markup is exactly three characters (slack-facts §7); the rest is made visible.
 */

/** Control characters, bidi overrides, zero-width and other format characters, lone surrogates: they hide what is really there. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029]/gu;
/** Marks that pile up on one letter and paint over the lines around it. Two are enough for every script that is written. */
const PILED_MARKS = /(\p{M}{2})\p{M}+/gu;
/** What Slack makes bold, struck or code of has no escape: it is replaced by what looks like it (real names have none of it). */
const LOOKALIKES: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', '`': 'ˋ' };
/** `:white_check_mark:` would be drawn as one. */
const EMOJI_NAME = /:(?=[\w+'-]+:)/g;

const MAX_NAME = 120;
/** No more of a text is looked at than could be shown. */
const MAX_READ = 4_000;
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** For `plain_text`: invisible characters as `\u{202e}`. */
export function visible(text: string): string {
  return text
    .slice(0, MAX_READ)
    .replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(PILED_MARKS, '$1');
}

/** For `mrkdwn` and `text`: visible, none of it markup, cut at `max` characters (which may become five times as many). */
export function escapeText(text: string, max = MAX_NAME): string {
  const shown = clip(visible(text), max)
    .replace(/[*~`]/g, (character) => LOOKALIKES[character] ?? '')
    .replace(EMOJI_NAME, '∶');
  return escapeMarkup(shown);
}

/** For inside of backticks, where Slack reads no other markup: `orders.(*Cache).Put` stays as it can be searched for. */
export function escapeCode(text: string, max = MAX_NAME): string {
  return escapeMarkup(clip(visible(text), max).replaceAll('`', LOOKALIKES['`'] ?? ''));
}

/** Our own words with a `<` in them. */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A link in Slack's markup. The address is Slack's own; one that is none is left out, and the words stay. */
export function linked(address: string, words: string): string {
  return /^https?:\/\/[^\s<>|]+$/.test(address) ? `<${escapeMarkup(address)}|${words}>` : words;
}

/** A name that a shell takes as one word, and as nothing else: for a command that somebody copies. */
export function shellWord(name: string): string {
  return /^[\w./@:+][\w./@:+-]*$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

/** At most `max` UTF-16 units, the last an ellipsis when something is missing. Never cuts what is seen as one character. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  let kept = '';
  for (const { segment } of GRAPHEMES.segment(text.slice(0, max * 2))) {
    if (kept.length + segment.length > max - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
