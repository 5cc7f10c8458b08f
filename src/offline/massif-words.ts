import type { MassifTimeUnit } from '../model/massif.js';
import { sizeWords } from './heap-words.js';

const THOUSANDS = ['', 'k', 'M', 'G', 'T'];

/** A point in time as Massif counts it: `990 ms`, `2 h 5 min`, `4.85 M instr.`, `12 MiB used` (allocated and freed). */
export function timeWords(time: number, unit: MassifTimeUnit): string {
  if (unit === 'ms') return duration(time);
  if (unit === 'B') return `${sizeWords(BigInt(time), 'bytes')} used`;
  const step = time < 1 ? 0 : Math.min(THOUSANDS.length - 1, Math.floor(Math.log10(time) / 3));
  return `${Number((time / 1_000 ** step).toPrecision(3))} ${THOUSANDS[step]}${step > 0 ? ' ' : ''}instr.`;
}

function duration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 120_000) return `${Number((ms / 1_000).toPrecision(3))} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What growth is counted by. */
export const RATES: Readonly<Record<MassifTimeUnit, string>> = { ms: 'per hour', i: 'per G instr.', B: 'of all used' };

const MS_PER_HOUR = 3_600_000;
const INSTRUCTIONS = 1e9;

/** Signed: per hour where time is time, per instructions that ran, or how much of what was allocated and freed stayed. */
export function rateWords(bytes: bigint, time: number, unit: MassifTimeUnit): string {
  if (time === 0) return '';
  const rate = Number(bytes) / time;
  if (unit === 'B') return `${rate > 0 ? '+' : ''}${(100 * rate).toFixed(1)} %`;
  return sizeWords(BigInt(Math.round(rate * (unit === 'ms' ? MS_PER_HOUR : INSTRUCTIONS))), 'bytes', 'signed');
}
