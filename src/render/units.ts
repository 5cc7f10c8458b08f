/**
 * One rule for numbers: as many digits as a person reads at night. Bytes are binary (MiB, GiB); rates are per hour. Every
 * function is total: what is not a number is `?`.
 */
const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;

export type Span = { readonly value: number; readonly low: number; readonly high: number };
type Unit = { readonly size: number; readonly name: string; readonly decimals: (value: number) => number };

/** Decimals such that 3.97 of 4 GiB is not "4 of 4", and 396 MiB has none. */
const fine = (value: number) => (value < 10 ? 2 : value < 100 ? 1 : 0);
/** A rate of less than one is growth still: over weeks it is megabytes. */
const KIB_UNIT: Unit = { size: KIB, name: 'KiB', decimals: (value) => (value < 1 ? 1 : 0) };
const MIB_UNIT: Unit = { size: MIB, name: 'MiB', decimals: (value) => (value < 10 ? 1 : 0) };
const GIB_UNIT: Unit = { size: GIB, name: 'GiB', decimals: fine };
const UNITS: readonly Unit[] = [{ size: TIB, name: 'TiB', decimals: fine }, GIB_UNIT, MIB_UNIT, KIB_UNIT];

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

/** `61 %`, `0.4 %`; `100 %` is all of it, and not nearly. Empty when there is nothing to compare with. */
export function percent(part: number, whole: number): string {
  const share = (part / whole) * 100;
  if (!Number.isFinite(share)) return '';
  const shown = share < 100 ? Math.min(share, 99) : share;
  return `${Number(shown.toFixed(share < 1 ? 1 : 0))} %`;
}

/** `+41 MiB`, `−3 MiB`, `0`: a change. Less than half a MiB is none. */
export function change(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (Math.abs(value) < MIB / 2) return '0';
  return value > 0 ? `+${bytes(value)}` : bytes(value);
}

/** `+12 %`, `−30 %`, `flat`: a change as a share of what was (0.12). Elevenfold and more is `over +1,000 %`. */
export function changeOf(share: number): string {
  const hundredths = Math.round(share * 100);
  if (!Number.isFinite(hundredths)) return '?';
  if (hundredths === 0) return 'flat';
  if (hundredths > 1_000) return 'over +1,000 %';
  return `${hundredths < 0 ? '−' : '+'}${Math.abs(hundredths).toLocaleString('en')} %`;
}

/** `+41 MiB/h per replica (32–50)`: a slope with the range that holds it 95 times in 100, all in one unit. */
export function rate(range: Span, per = ''): string {
  if (![range.value, range.low, range.high].every(Number.isFinite)) return '?';
  const unit = unitOfRate(range);
  const one = (value: number) => signed(value / unit.size, unit, '+');
  // Of what may grow or shrink, 0 is no middle worth a range of two signs.
  if (one(range.value) === '0' && range.low < 0 && range.high > 0) return calmRate(range, per);
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
  if (!Number.isFinite(range.low) || !Number.isFinite(range.high)) return '?';
  const most = Math.max(-range.low, range.high, FINEST_RATE);
  const unit = unitOfRate({ value: most, low: most, high: most });
  return `0 ± ${signed(most / unit.size, unit, '')} ${unit.name}/h${per}`;
}

/** `0.8 MiB/h`. */
export function plainRate(bytesPerHour: number): string {
  if (!Number.isFinite(bytesPerHour)) return '?';
  const unit = unitOfRate({ value: bytesPerHour, low: bytesPerHour, high: bytesPerHour });
  return `${signed(bytesPerHour / unit.size, unit, '')} ${unit.name}/h`;
}

/** `+41 MiB/h`, `−0.4 MiB/h`, `0 MiB/h`: what memory does, which need not be growth. */
export function signedRate(bytesPerHour: number): string {
  return `${bytesPerHour > 0 && !plainRate(bytesPerHour).startsWith('0 ') ? '+' : ''}${plainRate(bytesPerHour)}`;
}

/** Nothing is known better than this, bytes per hour: the least that is told, and not 0. */
export const FINEST_RATE = KIB / 10;

/** Such that what grows is not told as 0 because it may grow faster. */
function unitOfRate({ value, low, high }: Span): Unit {
  if (Math.abs(value) >= 10 * GIB) return GIB_UNIT;
  const most = Math.max(Math.abs(value), Math.abs(low), Math.abs(high));
  const vanishes = value !== 0 && Math.abs(value) < MIB / 20 && most < MIB;
  return most < MIB / 10 || vanishes ? KIB_UNIT : MIB_UNIT;
}

/** A number in a unit, `−` where it is below zero and `plus` where above; zero has no sign. */
function signed(value: number, unit: Unit, plus: string): string {
  const size = Math.abs(value);
  const text = Number(size.toFixed(unit.decimals(size))).toLocaleString('en', { maximumFractionDigits: 2 });
  if (text === '0') return '0';
  return `${value < 0 ? '−' : plus}${text}`;
}

/** `1 replica`, `12 replicas`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? noun : plural}`;
}
