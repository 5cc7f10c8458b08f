/** `<!date^1764000000^{time}|06:00 UTC>`. */
const DATE = /<!date\^(\d+)\^[^|>]*(?:\|[^>]*)?>/g;
const PERSON = /<@([UW]\w+)(?:\|[^>]*)?>/g;
const GROUP = /<!subteam\^(\w+)(?:\|([^>]*))?>/g;
const LINK = /<([^|>]*)(?:\|([^>]*))?>/g;

/** Our own words in Slack's markup, as plain text: dates in UTC, people by `nameOf`, links by their words. */
export function unmarked(text: string, nameOf: (userId: string) => string): string {
  return text
    .replace(DATE, (_, seconds: string) => utc(Number(seconds) * 1000))
    .replace(PERSON, (_, id: string) => nameOf(id))
    .replace(GROUP, (_, id: string, name?: string) => name ?? id)
    .replace(LINK, (_, address: string, label?: string) => label ?? address)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function utc(ms: number): string {
  const at = new Date(Math.min(ms, Date.UTC(9999, 0))).toISOString();
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}
