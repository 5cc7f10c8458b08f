/** Times and spans in words. Times of day are UTC with the zone named; Slack shows each reader their own. Every function is total. */
const HOUR_MS = 3_600_000;

/** `45 s`, `11 min`, `2 h 50`, `3 d 4 h`, `over a year`. */
export function duration(ms: number): string {
  if (Number.isNaN(ms)) return '?';
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${String(minutes % 60).padStart(2, '0')}`;
  const days = Math.floor(hours / 24);
  if (days > 365) return 'over a year';
  return days < 14 && hours % 24 > 0 ? `${days} d ${hours % 24} h` : `${days} d`;
}

/** `2 h 50 (2 h 20 – 3 h 40)`, `18 min (18–19 min)`, `8 min (±1 min)`, `2 h 50 (2 h 20 at the earliest)`: the time to something, with its range. */
export function until(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high?: number },
  nowMs: number,
): string {
  const [about, least] = [duration(value - nowMs), duration(low - nowMs)];
  if (high === undefined) return `${about} (${least} at the earliest)`;
  const most = duration(high - nowMs);
  if (least === 'over a year') return about;
  if (least === most) return `${about} (±1 ${lastUnit(about)})`;
  const plain = /^\d+ [a-z]+$/;
  const alike = plain.test(least) && plain.test(most) && lastUnit(least) === lastUnit(most);
  return `${about} (${alike ? `${least.split(' ')[0]}–${most}` : `${least} – ${most}`})`;
}

/** `06:00 UTC`: where nothing else is understood (notifications, alt texts). */
export function clock(ms: number): string {
  return `${isoOf(ms).slice(11, 16)} UTC`;
}

/** `06:00 UTC`, or `24 Nov 06:00 UTC` when it is not within 20 hours of now. */
export function clockOrDate(ms: number, nowMs: number): string {
  return isFar(ms, nowMs) ? `${date(ms)} ${clock(ms)}` : clock(ms);
}

/** `24 Nov`, UTC. */
export function date(ms: number): string {
  return `${Number(isoOf(ms).slice(8, 10))} ${MONTHS[Number(isoOf(ms).slice(5, 7)) - 1] ?? ''}`;
}

/** A time of day that Slack shows in each reader's own zone; other readers see UTC. */
export function slackClock(ms: number, nowMs: number): string {
  const form = isFar(ms, nowMs) ? '{date_short_pretty} {time}' : '{time}';
  return `<!date^${Math.round(inCalendar(ms) / 1000)}^${form}|${clockOrDate(ms, nowMs)}>`;
}

/** `06:00 (05:30 – 06:50)`, `23:00 (19:00 at the earliest)`, by `slackClock`; null when it is over, or further away than a date tells. */
export function clockRange(
  { value, low, high = Number.POSITIVE_INFINITY }: { readonly value: number; readonly low: number; readonly high?: number },
  nowMs: number,
): string | null {
  const isNear = (ms: number) => ms > nowMs && ms - nowMs < YEAR_MS;
  if (!isNear(value)) return null;
  const [least, most] = [low, high].map((ms) => (isNear(ms) ? slackClock(ms, nowMs) : null));
  const range = least && most ? `${least} – ${most}` : least ? `${least} at the earliest` : most ? `${most} at the latest` : null;
  return `${slackClock(value, nowMs)}${range ? ` (${range})` : ''}`;
}

const YEAR_MS = 365 * 24 * HOUR_MS;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LAST_MS = Date.UTC(9999, 0);

function isFar(ms: number, nowMs: number): boolean {
  return Math.abs(ms - nowMs) > 20 * HOUR_MS;
}

/** Times outside four-digit years have no ISO form that can be sliced. */
function inCalendar(ms: number): number {
  return Number.isFinite(ms) ? Math.min(LAST_MS, Math.max(0, ms)) : 0;
}

function isoOf(ms: number): string {
  return new Date(inCalendar(ms)).toISOString();
}

/** The unit of the last digit: of `2 h 50` that is minutes. */
function lastUnit(words: string): string {
  return /[a-z]+$/.exec(words)?.[0] ?? 'min';
}
