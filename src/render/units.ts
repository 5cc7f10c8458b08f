/**
 * One rule for numbers: three significant digits where it matters, never more than a person reads at night. Bytes are binary
 * (MiB, GiB); rates are per hour; times of day are UTC with the zone named, and Slack shows each reader their own.
 */
const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** `396 MiB`, `1.21 GiB`, `0 MiB`. */
export function bytes(value: number): string {
  const size = Math.abs(value);
  const sign = value < 0 && Math.round(size / KIB) > 0 ? '−' : '';
  if (size >= GIB) return `${sign}${digits(size / GIB)} GiB`;
  if (size >= MIB) return `${sign}${digits(size / MIB)} MiB`;
  if (size >= KIB) return `${sign}${digits(size / KIB)} KiB`;
  return '0 MiB';
}

/** `+41 MiB`, `−3 MiB`, `0`: a change. */
export function change(value: number): string {
  if (Math.abs(value) < MIB / 2) return '0';
  return `${value > 0 ? '+' : ''}${bytes(value)}`;
}

/** `+41 MiB/h (32–50)`: a slope with the range that holds it 95 times in 100, in the unit of its value. */
export function rate(range: { readonly value: number; readonly low: number; readonly high: number }): string {
  const [unit, name] = Math.abs(range.value) >= 10 * GIB ? [GIB, 'GiB'] : [MIB, 'MiB'];
  const one = (value: number) => signed(value / unit);
  const plain = range.low >= 0 ? (value: number) => digits(value / unit) : one;
  return `${one(range.value)} ${name}/h (${plain(range.low)}${range.low >= 0 ? '–' : ' … '}${plain(range.high)})`;
}

/** `+41`, `−0.8`, `0`. */
export function signed(value: number): string {
  const text = digits(Math.abs(value));
  if (Number(text.replaceAll(',', '')) === 0) return '0';
  return `${value > 0 ? '+' : '−'}${text}`;
}

/** `45 s`, `11 min`, `2 h 50`, `3 d 4 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${String(minutes % 60).padStart(2, '0')}`;
  const days = Math.floor(hours / 24);
  return days < 14 && hours % 24 > 0 ? `${days} d ${hours % 24} h` : `${days} d`;
}

/** `06:00 UTC`: where nothing else is understood (notifications, alt texts). */
export function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 16)} UTC`;
}

/** A time of day that Slack shows in each reader's own zone; other readers see UTC. */
export function slackClock(ms: number, nowMs: number): string {
  const far = Math.abs(ms - nowMs) > 20 * 3_600_000;
  const form = far ? '{date_short_pretty} {time}' : '{time}';
  const fallback = far ? `${new Date(ms).toISOString().slice(0, 10)} ${clock(ms)}` : clock(ms);
  return `<!date^${Math.round(ms / 1000)}^${form}|${fallback}>`;
}

/** Two digits below ten, whole numbers above, separators in thousands. */
function digits(value: number): string {
  if (value < 0.05) return '0';
  if (value < 10) return String(Number(value.toFixed(value < 1 ? 1 : value < 3 ? 2 : 1)));
  return Math.round(value).toLocaleString('en');
}
