/** Where and when the reader is: parts of the browser's, given in tests. */
export type Reader = { readonly nowMs: number; readonly locale?: string; readonly timeZone?: string };

const TOKENS: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  time: { hour: 'numeric', minute: '2-digit' },
  time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
};

/** The `format` of `<!date^seconds^format|…>` for one reader: `{date_short_pretty} {time}` → `yesterday 9:05 PM`. */
export function formatDate(seconds: number, format: string, reader: Reader): string {
  return format.replace(/\{(\w+)\}/g, (whole, token: string) => {
    if (token === 'ago') return ago(seconds * 1000, reader);
    const plain = token.replace(/_pretty$/, '');
    const options = TOKENS[plain];
    if (!options) return whole;
    return (token.endsWith('_pretty') && nearDay(seconds * 1000, reader)) || part(seconds * 1000, options, reader);
  });
}

/** `3:12 PM`, or `03:12` where the reader's locale says so. `ts` is Slack's, seconds with a fraction. */
export function clockOf(ts: string, reader: Reader): string {
  return part(Number(ts) * 1000, TOKENS.time ?? {}, reader);
}

/** `Today`, `Yesterday`, else the day: the line between the messages of two days. */
export function dayOf(ts: string, reader: Reader): string {
  const day = formatDate(Number(ts), '{date_long_pretty}', reader);
  return day.charAt(0).toUpperCase() + day.slice(1);
}

function part(ms: number, options: Intl.DateTimeFormatOptions, { locale, timeZone }: Reader): string {
  const by24 = options.hour && !new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hour12;
  const hour = by24 ? { hour: '2-digit' as const } : {};
  return new Intl.DateTimeFormat(locale, { ...options, ...hour, ...(timeZone ? { timeZone } : {}) }).format(ms);
}

function nearDay(ms: number, reader: Reader): string | undefined {
  const day = (at: number) => part(at, TOKENS.date_num ?? {}, reader);
  const names = { [day(reader.nowMs)]: 'today', [day(reader.nowMs - DAY)]: 'yesterday', [day(reader.nowMs + DAY)]: 'tomorrow' };
  return names[day(ms)];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function ago(ms: number, { nowMs, locale }: Reader): string {
  const relative = new Intl.RelativeTimeFormat(locale);
  const away = ms - nowMs;
  if (Math.abs(away) < HOUR) return relative.format(Math.round(away / MINUTE), 'minute');
  if (Math.abs(away) < DAY) return relative.format(Math.round(away / HOUR), 'hour');
  return relative.format(Math.round(away / DAY), 'day');
}
