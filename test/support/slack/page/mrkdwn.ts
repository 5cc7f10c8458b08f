/**
 * Slack's markup as a tree. slack-blocks-to-jsx is not used for it: its parser reads it as Markdown, shows `verbatim` text
 * raw and escapes entities twice. The rules are those of docs.slack.dev/messaging/formatting-message-text.
 */
export type Mark =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'code' | 'pre' | 'quote'; readonly inner: readonly Mark[] }
  | { readonly kind: 'link'; readonly href: string; readonly label: string }
  | { readonly kind: 'user' | 'channel'; readonly id: string; readonly label?: string }
  | { readonly kind: 'broadcast'; readonly label: string }
  | {
      readonly kind: 'date';
      readonly seconds: number;
      readonly format: string;
      readonly href?: string;
      readonly fallback: string;
    };

/** `verbatim`: bare addresses stay text. Markup, mentions and entities are read either way. */
export function parseMrkdwn(text: string, verbatim = false): Mark[] {
  return text.split(/```\n?([\s\S]+?)\n?```\n?/).flatMap((part, index): Mark[] => {
    if (index % 2 === 1) return [{ kind: 'pre', inner: unformatted(part) }];
    return part === '' ? [] : lines(part, verbatim);
  });
}

const QUOTED = /^(?:>|&gt;) ?/;

/** Lines that begin with `>` are one quote as long as they follow each other. */
function lines(text: string, verbatim: boolean): Mark[] {
  const marks: Mark[] = [];
  let plain: string[] = [];
  let quoted: string[] = [];
  const endPlain = () => {
    if (plain.length > 0) marks.push(...inline(plain.join('\n'), verbatim));
    plain = [];
  };
  const endQuote = () => {
    if (quoted.length > 0) marks.push({ kind: 'quote', inner: inline(quoted.join('\n'), verbatim) });
    quoted = [];
  };
  for (const line of text.split('\n')) {
    if (QUOTED.test(line)) {
      endPlain();
      quoted.push(line.replace(QUOTED, ''));
    } else {
      endQuote();
      plain.push(line);
    }
  }
  endPlain();
  endQuote();
  return marks;
}

/**
 * `*bold*` and its like: no word touches the outer sides, no space the inner ones, all on one line. So `a*b*c` and
 * `(*Cache).Put … (*Decoder)` stay what they are. An address in `<…>` may hold the sign itself.
 */
function between(sign: string): string {
  const outside = `[\\p{L}\\p{N}${sign}]`;
  return `(?<!${outside})${sign}(?![\\s${sign}])((?:<[^<>\\n]+>|[^${sign}\\n])+?)(?<!\\s)${sign}(?!${outside})`;
}

const ADDRESS = 'https?://[^\\s<>|]*[^\\s<>|.,;:!?\'")\\]]';
const INLINE = [`<([^<>\\n]+)>`, '`([^`\\n]+)`', between('\\*'), between('_'), between('~'), `(?<![\\p{L}\\p{N}])(${ADDRESS})`];
const ANY_INLINE = new RegExp(INLINE.join('|'), 'gu');
const ANGLE = /<([^<>\n]+)>/g;

function inline(text: string, verbatim: boolean): Mark[] {
  return scan(text, ANY_INLINE, ([whole, angle, code, bold, italic, strike, address]) => {
    if (angle) return inAngles(angle);
    if (code) return { kind: 'code', inner: unformatted(code) };
    if (bold) return { kind: 'bold', inner: inline(bold, verbatim) };
    if (italic) return { kind: 'italic', inner: inline(italic, verbatim) };
    if (strike) return { kind: 'strike', inner: inline(strike, verbatim) };
    if (address && !verbatim) return { kind: 'link', href: decode(address), label: decode(address) };
    return { kind: 'text', text: decode(whole) };
  });
}

/** In code only links, mentions and entities mean something. */
function unformatted(text: string): Mark[] {
  return scan(text, ANGLE, ([, angle]) => inAngles(angle ?? ''));
}

function scan(text: string, pattern: RegExp, read: (match: RegExpMatchArray) => Mark): Mark[] {
  const marks: Mark[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) marks.push({ kind: 'text', text: decode(text.slice(from, match.index)) });
    marks.push(read(match));
    from = match.index + match[0].length;
  }
  if (from < text.length) marks.push({ kind: 'text', text: decode(text.slice(from)) });
  return marks;
}

/** `<@U1>`, `<#C1|ops>`, `<!here>`, `<!date^…>`, `<https://…|label>`. Anything else is shown as it is, never as a link. */
function inAngles(content: string): Mark {
  const bar = content.indexOf('|');
  const target = bar < 0 ? content : content.slice(0, bar);
  const label = bar < 0 ? '' : decode(content.slice(bar + 1));
  const named = label ? { label } : {};
  if (/^@[UW]\w+$/.test(target)) return { kind: 'user', id: target.slice(1), ...named };
  if (/^#[CG]\w+$/.test(target)) return { kind: 'channel', id: target.slice(1), ...named };
  const date = /^!date\^(\d+)\^([^^]+)(?:\^(https?:.+))?$/.exec(target);
  if (date) {
    const [, seconds = '', format = '', href] = date;
    const link = href ? { href: decode(href) } : {};
    return { kind: 'date', seconds: Number(seconds), format: decode(format), fallback: label, ...link };
  }
  if (/^!(here|channel|everyone)$/.test(target)) return { kind: 'broadcast', label: `@${target.slice(1)}` };
  if (target.startsWith('!subteam^')) return { kind: 'broadcast', label: label || `@${target.slice('!subteam^'.length)}` };
  if (/^(https?:\/\/|mailto:|tel:)/.test(target)) return { kind: 'link', href: decode(target), label: label || decode(target) };
  return { kind: 'text', text: `<${decode(content)}>` };
}

/** Slack encodes exactly these three. */
function decode(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_, name: string) => (name === 'amp' ? '&' : name === 'lt' ? '<' : '>'));
}
