import type { Chart } from '../model/chart.js';
import type { HeapEvidence, HeapEvidenceRow } from '../model/heap-evidence.js';
import { FAR } from './chart-curves.js';
import { type Grid, indexAt, labels } from './chart-grid.js';
import { COLOUR, FILL, line, OTHERS, options } from './chart-style.js';
import { titleLines } from './chart-words.js';
import { shortName } from './function-names.js';
import { amount, difference, perHour } from './heap-amounts.js';
import { MAX_ALT_TEXT } from './limits.js';
import { clip, visible } from './text.js';
import { clockOrDate } from './times.js';
import { count } from './units.js';

/** Two heaps are a line that the table says better. */
const LEAST_HEAPS = 3;
const MOST_FUNCTIONS = 4;
const NAME_WIDTH = 30;
/** A step for each eight pixels of the picture. */
const STEPS = 200;
/** Letters of a note that fit the width of the picture, measured. */
const MAX_NOTE = 66;
const [MIB, GIB] = [2 ** 20, 2 ** 30];

/**
 * What the functions that grew most held in each heap, the first of them filled, and all of the live heap where it does not press them flat.
 * Null: fewer than three heaps, heaps of several processes (a line over a restart would be a lie), or nothing grew.
 */
export function heapChart(evidence: HeapEvidence, nowMs: number): Chart | null {
  const { takenAtMs, totals, rows, measure, baseline, leastTold } = evidence;
  const top = rows.filter(({ grown }) => grown > 0 && grown >= (leastTold ?? 0)).slice(0, MOST_FUNCTIONS);
  const [first] = top;
  if (!first || takenAtMs.length < LEAST_HEAPS || baseline.is !== 'same-process') return null;
  const grid = gridOver(takenAtMs);
  const highest = Math.max(...top.flatMap(({ held }) => held));
  const tallest = Math.max(...totals);
  const isDrawn = tallest <= FAR * highest;
  const [size, unit] = unitOf(measure.unit, isDrawn ? tallest : highest);
  const column = (values: readonly number[]) => placed(grid, takenAtMs, values, size);
  const more = { spanGaps: true };
  const datasets = [
    ...(isDrawn ? [line(WHOLE[evidence.kind], column(totals), COLOUR.fit, { ...more, borderWidth: 2 })] : []),
    ...top.map((row, i) => {
      const style =
        i === 0
          ? { ...more, borderWidth: 5, fill: 'origin', backgroundColor: FILL.anon, pointBackgroundColor: COLOUR.anon }
          : more;
      return line(labelOf(row), column(row.held), i === 0 ? COLOUR.anon : (OTHERS[i] ?? COLOUR.file), style);
    }),
  ];
  const title = titleOf(evidence, first);
  return {
    title,
    altText: clip([title, ...top.map((row) => courseWords(row, evidence)), ...notesOf(evidence, nowMs)].join('; '), MAX_ALT_TEXT),
    config: {
      type: 'line',
      data: { labels: labels(grid), datasets },
      options: options(titleLines(title), notesOf(evidence, nowMs), unit),
    },
  };
}

const WHOLE = { heap: 'live heap', allocs: 'all allocated', goroutine: 'all goroutines' } as const;

function gridOver(takenAtMs: readonly number[]): Grid {
  const [fromMs, toMs] = [Math.min(...takenAtMs), Math.max(...takenAtMs)];
  return { fromMs, stepMs: Math.max(1, toMs - fromMs) / STEPS, size: STEPS + 1 };
}

/** Values at their times; between heaps nobody looked: straight lines join the points. */
function placed(grid: Grid, takenAtMs: readonly number[], values: readonly number[], size: number): (number | null)[] {
  const cells: (number | null)[] = Array.from({ length: grid.size }, () => null);
  for (const [i, ms] of takenAtMs.entries()) {
    const value = values[i];
    if (value !== undefined && Number.isFinite(value)) cells[indexAt(grid, ms)] = Math.round((value / size) * 1000) / 1000;
  }
  return cells;
}

function unitOf(unit: string, tallest: number): [size: number, name: string] {
  if (unit !== 'bytes') return [1, clip(visible(unit), 20)];
  return tallest >= 1.5 * GIB ? [GIB, 'GiB'] : [MIB, 'MiB'];
}

function labelOf({ function: name, via }: HeapEvidenceRow): string {
  return shortName((via ?? { function: name }).function, NAME_WIDTH);
}

/** `api-svc #7: orders.(*Cache).Put +98 MiB, +18 MiB/h (15–21)`. */
function titleOf({ service, replica, measure }: HeapEvidence, first: HeapEvidenceRow): string {
  const speed = first.perHour && first.perHour.low > 0 ? `, ${perHour(first.perHour, measure.unit)}` : '';
  return `${clip(visible(service.name), 40)} #${replica.number}: ${labelOf(first)} ${difference(first.grown, measure.unit)}${speed}`;
}

function notesOf({ takenAtMs, totals, measure, collected, kind }: HeapEvidence, nowMs: number): string[] {
  const [from, to] = [takenAtMs[0] ?? nowMs, takenAtMs.at(-1) ?? nowMs].map((ms) => clockOrDate(ms, nowMs));
  const gc = collected && kind === 'heap' ? ' after GC' : '';
  const whole = [totals[0] ?? 0, totals.at(-1) ?? 0].map((value) => amount(value, measure.unit)).join(' → ');
  const notes = [
    `${WHOLE[kind]} ${whole}`,
    `${count(takenAtMs.length, kind === 'heap' ? 'heap' : 'profile')}${gc}, ${from} to ${to}`,
  ];
  const one = notes.join('; ');
  return one.length <= MAX_NOTE ? [one] : notes;
}

function courseWords(row: HeapEvidenceRow, { measure }: HeapEvidence): string {
  return `${labelOf(row)}: ${row.held.map((value) => amount(value, measure.unit)).join(', ')}`;
}
