import type { Measure } from '../model/heap.js';
import type { Range } from '../model/range.js';
import { escapeText } from './text.js';
import { bytes, rate } from './units.js';

/** Values of profiles have 64 bits: beyond that is no figure of theirs. */
const MOST = 2 ** 63;

/** What a heap counts, in words: bytes as everywhere, goroutines and objects bare, anything else with its own unit (escaped). */
export function amount(value: number, unit: Measure['unit']): string {
  if (!(Math.abs(value) <= MOST)) return '?';
  // A small program's heap has places of that size; elsewhere nobody asks for them.
  const isSmall = value !== 0 && Math.abs(value) < LEAST_KIB;
  if (unit === 'bytes') return isSmall ? `${value < 0 ? '−' : ''}${Math.round(Math.abs(value))} B` : bytes(value);
  const digits = `${value < 0 ? '−' : ''}${Math.abs(value).toLocaleString('en', { maximumFractionDigits: 1 })}`;
  return unit === 'count' ? digits : `${digits} ${escapeText(unit, 20)}`;
}

/** `+98 MiB`, `−3`, `0`. */
export function difference(value: number, unit: Measure['unit']): string {
  return value > 0 ? `+${amount(value, unit)}` : amount(value, unit);
}

/** `+18 MiB/h (15–21)`, `+128/h (110–146)`. */
export function perHour(range: Range, unit: Measure['unit']): string {
  if (![range.value, range.low, range.high].every((one) => Math.abs(one) <= MOST)) return '?';
  if (unit === 'bytes') return rate(range);
  const [low, high] = [range.low, range.high].map((value) => amount(Math.round(value), 'count'));
  const span = range.low >= 0 ? `${low}–${high}` : `${low} … ${high}`;
  return `${difference(Math.round(range.value), unit)}/h (${span})`;
}

const STEPS = [2 ** 40, 2 ** 30, 2 ** 20, 2 ** 10];
/** What is more is `1 KiB` (`units.ts`). */
const LEAST_KIB = 2 ** 10 * 0.9995;

/** `+18.0/h` beside `+98 MiB`: in the unit that stands there. Of two weeks that may be a thousandth of it. */
export function bareRate(perHour: number, beside: number, unit: Measure['unit']): string {
  const step = unit === 'bytes' ? (STEPS.find((size) => Math.abs(beside) >= size * 0.9995) ?? 1) : 1;
  const value = perHour / step;
  if (!(Math.abs(perHour) <= MOST)) return '?';
  const size = Math.abs(value);
  const slow = size < 0.095 ? String(Number(value.toFixed(3))) : value.toFixed(1);
  const digits = size < 100 ? slow : Math.round(value).toLocaleString('en');
  return `${value > 0 ? '+' : ''}${digits.replace('-', '−')}/h`;
}
