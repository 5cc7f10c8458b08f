import type { HeapEvidence, HeapEvidenceRow } from '../model/heap-evidence.js';
import { placeName, shortName } from './function-names.js';
import { amount, bareRate, difference } from './heap-amounts.js';
import { escapeCode } from './text.js';

/** Monospaced letters that fit a phone held upright, at Slack's size of them. */
const WIDTH = 44;
const INDENT = '  ';

/**
 * Functions with what they grew by (or hold) and how fast, as many as fit in so many lines of 44 letters. Where the code is stands beside
 * the name, or below it: of the first always, of others where a caller has to be named.
 *
 *     +98 MiB +18.0/h orders.(*Cache).Put
 *       cache.go:88
 *      +7 MiB  +1.3/h bytes.growSlice
 *       by orders.(*Cache).Put cache.go:91
 *      +3 MiB  +0.6/h http.newBufioReader
 */
export function heapTable(
  rows: readonly HeapEvidenceRow[],
  { measure, takenAtMs }: Pick<HeapEvidence, 'measure' | 'takenAtMs'>,
  maxLines: number,
): string[] {
  const words = takenAtMs.length > 1 ? difference : amount;
  const figures = rows.map(({ grown, perHour }) => ({
    size: words(grown, measure.unit),
    // A rate that may as well be none would be read as one.
    rate: perHour && perHour.low * perHour.high > 0 ? bareRate(perHour.value, grown, measure.unit) : '',
  }));
  const [sizes, rates] = [widest(figures.map(({ size }) => size)), widest(figures.map(({ rate }) => rate))];
  const lines: string[] = [];
  for (const [i, row] of rows.entries()) {
    const { size = '', rate = '' } = figures[i] ?? {};
    const head = `${size.padStart(sizes)} ${rates > 0 ? `${rate.padStart(rates)} ` : ''}`;
    const both = lines.length + 2 <= maxLines ? named(row, head, i === 0) : named(row, head, false).slice(0, 1);
    if (lines.length + both.length > maxLines) break;
    lines.push(...both);
  }
  return lines.map((line) => escapeCode(line, 2 * WIDTH));
}

function named({ function: name, via, file, line }: HeapEvidenceRow, head: string, isFirst: boolean): string[] {
  const room = Math.max(12, WIDTH - head.length);
  const place = placeName(file, line, WIDTH - INDENT.length);
  const whole = shortName(name, room);
  if (via) return [`${head}${whole}`, caller(via)];
  if (place === '') return [`${head}${whole}`];
  const beside = `${head}${shortName(name, room - place.length - 1)} ${place}`;
  const isWhole = room - place.length - 1 >= lastPart(name).length;
  return isWhole ? [beside] : isFirst ? [`${head}${whole}`, `${INDENT}${place}`] : [`${head}${whole}`];
}

function caller({ function: name, file, line }: NonNullable<HeapEvidenceRow['via']>): string {
  const place = placeName(file, line, 20);
  const room = WIDTH - INDENT.length - 'by '.length - (place === '' ? 0 : place.length + 1);
  return `${INDENT}by ${shortName(name, room)}${place === '' ? '' : ` ${place}`}`;
}

/** The least of a name that says what it is. */
function lastPart(name: string): string {
  return shortName(name, name.length).split('/').at(-1) ?? '';
}

function widest(cells: readonly string[]): number {
  return Math.max(0, ...cells.map((cell) => cell.length));
}
