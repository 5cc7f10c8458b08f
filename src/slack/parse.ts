import { personError } from '../errors.js';

/** Longer than any command that means something; what comes after is a paste that went wrong. */
export const MAX_CHARACTERS = 300;
const MAX_WINDOW_MS = 14 * 24 * 3_600_000;
const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

export type Words = { readonly name: string; readonly args: readonly string[] };

/**
 * The one parser of `/leak …` and `@leakwatch …`: the first word is the command, in any case; no word means `help`.
 * Throws a person's error when the text is too long to be one.
 */
export function parse(text: string): Words {
  if (text.length > MAX_CHARACTERS) {
    throw personError(
      `That is ${text.length.toLocaleString('en')} characters; a command has at most ${MAX_CHARACTERS}. Try \`/leak check &lt;service&gt;\` or \`/leak help\`.`,
    );
  }
  const [name, ...args] = plain(text).split(/\s+/).filter(Boolean);
  return { name: name?.toLowerCase() ?? 'help', args };
}

/** What is said to the bot in a mention: the words behind its name, and all of them when nothing is behind it. */
export function afterMention(text: string, botUserId: string): string {
  const behind = new RegExp(`<@${botUserId}(?:\\|[^>]*)?>[:,]?(.*)`, 's').exec(text)?.[1];
  return behind?.trim() ? behind : text;
}

/**
 * Slack sends text encoded and marked up: `&amp;`, `<@U…>`, `<http://api.svc|api.svc>` for what looked like an address, and
 * phones type curly quotes. This gives back what the person meant; user mentions are dropped.
 */
function plain(text: string): string {
  return text
    .replace(/<@[^>]*>/g, ' ')
    .replace(/<(?:https?:\/\/)?([^|>]*?)(?:\|([^>]*))?>/g, (_, target: string, label?: string) => label || target)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/[`'"“”‘’*\u200b\u00a0]/g, ' ')
    .trim();
}

/** `90m`, `2h`, `14d` in milliseconds; null when the word is no window. Throws a person's error beyond 14 days, what is kept. */
export function parseWindow(word: string): number | null {
  const ms = spanMs(word);
  if (ms === null) return null;
  if (ms === 0) throw personError(`\`${word}\` is no time at all. Try \`2h\` or \`14d\`.`);
  if (ms > MAX_WINDOW_MS) throw personError(`\`${word}\` is more than is kept: samples live 14 days. Try \`14d\`.`);
  return ms;
}

/** `90m`, `2h`, `14d` in milliseconds, however long; null when the word is no span. */
export function spanMs(word: string): number | null {
  const match = /^(\d{1,6})(m|h|d)$/i.exec(word);
  return match ? Number(match[1]) * (UNIT_MS[String(match[2]).toLowerCase()] ?? Number.NaN) : null;
}
