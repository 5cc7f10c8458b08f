/**
 * One rule for numbers: as many digits as a person reads at night. Bytes are binary (MiB, GiB); rates are per hour; times of day
 * are UTC with the zone named, and Slack shows each reader their own. Every function is total: what is not a number is `?`.
 */
const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;
const HOUR_MS = 3_600_000;

export type Span = { readonly value: number; readonly low: number; readonly high: number };
type Unit = { readonly size: number; readonly name: string; readonly decimals: (value: number) => number };

/** Decimals such that 3.97 of 4 GiB is not "4 of 4", and 396 MiB has none. */
const UNITS: readonly Unit[] = [
  { size: TIB, name: 'TiB', decimals: (value) => (value < 10 ? 2 : value < 100 ? 1 : 0) },
  { size: GIB, name: 'GiB', decimals: (value) => (value < 10 ? 2 : value < 100 ? 1 : 0) },
  { size: MIB, name: 'MiB', decimals: (value) => (value < 10 ? 1 : 0) },
  { size: KIB, name: 'KiB', decimals: () => 0 },
];
const MIB_UNIT: Unit = { size: MIB, name: 'MiB', decimals: (value) => (value < 10 ? 1 : 0) };
const [, GIB_UNIT = MIB_UNIT, , KIB_UNIT = MIB_UNIT] = UNITS;

/** The unit a size is told in: the largest that it fills, after rounding (1,023.9 KiB is 1 MiB). */
function unitOf(size: number): Unit {
  return UNITS.find((unit) => size >= unit.size * 0.9995) ?? MIB_UNIT;
}

/** `396 MiB`, `1.21 GiB`, `0 MiB`. */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return '?';
  const unit = unitOf(Math.abs(value));
  return `${signed(value / unit.size, unit, '')} ${unit.name}`;
}

/** `396 of 512 MiB`, `300 MiB of 2 GiB`: in one unit where both have it. */
export function bytesOf(part: number, whole: number): string {
  const [unit, other] = [unitOf(whole), unitOf(part)];
  return unit.name === other.name
    ? `${signed(part / unit.size, unit, '')} of ${bytes(whole)}`
    : `${bytes(part)} of ${bytes(whole)}`;
}

/** `61 %`, `<1 %`. Empty when there is nothing to compare with. */
export function percent(part: number, whole: number): string {
  const share = (part / whole) * 100;
  if (!Number.isFinite(share)) return '';
  return share > 0 && share < 1 ? '<1 %' : `${Math.round(share)} %`;
}

/** `+41 MiB`, `−3 MiB`, `0`: a change. Less than half a MiB is none. */
export function change(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (Math.abs(value) < MIB / 2) return '0';
  return value > 0 ? `+${bytes(value)}` : bytes(value);
}

/** `+41 MiB/h per replica (32–50)`: a slope with the range that holds it 95 times in 100, all in one unit. */
export function rate(range: Span, per = ''): string {
  if (![range.value, range.low, range.high].every(Number.isFinite)) return '?';
  const unit = unitOfRate(range);
  const one = (value: number) => signed(value / unit.size, unit, '+');
  const bare = (value: number) => signed(value / unit.size, unit, '');
  const same = one(range.low) === one(range.high);
  const plain = range.low >= 0 ? `${bare(range.low)}–${bare(range.high)}` : `${one(range.low)} … ${one(range.high)}`;
  // Rounding alone may be off by the last digit: no estimate is exact.
  const span = same ? `±${10 ** -unit.decimals(Math.abs(range.value / unit.size))}` : plain;
  return `${one(range.value)} ${unit.name}/h${per} (${span})`;
}

/** `0 ± 0.8 MiB/h`: a slope that may as well be none. One that surely is not zero keeps its range. */
export function calmRate(range: Span, per = ''): string {
  if (range.low > 0 || range.high < 0) return rate(range, per);
  const most = Math.max(-range.low, range.high);
  if (!Number.isFinite(most)) return '?';
  const unit = unitOfRate({ value: most, low: most, high: most });
  return `0 ± ${signed(most / unit.size, unit, '')} ${unit.name}/h${per}`;
}

/** `0.8 MiB/h`. */
export function plainRate(bytesPerHour: number): string {
  if (!Number.isFinite(bytesPerHour)) return '?';
  const unit = unitOfRate({ value: bytesPerHour, low: bytesPerHour, high: bytesPerHour });
  return `${signed(bytesPerHour / unit.size, unit, '')} ${unit.name}/h`;
}

function unitOfRate({ value, low, high }: Span): Unit {
  if (Math.abs(value) >= 10 * GIB) return GIB_UNIT;
  return Math.max(Math.abs(value), Math.abs(low), Math.abs(high)) < MIB / 10 ? KIB_UNIT : MIB_UNIT;
}

/** A number in a unit, `−` where it is below zero and `plus` where above; zero has no sign. */
function signed(value: number, unit: Unit, plus: string): string {
  const size = Math.abs(value);
  const text = Number(size.toFixed(unit.decimals(size))).toLocaleString('en', { maximumFractionDigits: 2 });
  if (text === '0') return '0';
  return `${value < 0 ? '−' : plus}${text}`;
}

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

/** `2 h 50 (2 h 20 – 3 h 40)`, `8 min (±1 min)`, `2 h 50 (2 h 20 at the earliest)`: the time to something, with its range. */
export function until(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high?: number },
  nowMs: number,
): string {
  const [about, least] = [duration(value - nowMs), duration(low - nowMs)];
  if (high === undefined) return `${about} (${least} at the earliest)`;
  const most = duration(high - nowMs);
  return least === most ? `${about} (±1 ${(/\p{L}+$/u.exec(about) ?? ['min'])[0]})` : `${about} (${least} – ${most})`;
}

/** `1 replica`, `12 replicas`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
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
