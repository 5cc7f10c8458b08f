import { worldError } from '../../errors.js';
import type { Labels } from './decode-container.js';
import type { Grid } from './query.js';

/** Of a container by its cgroup: a value for each point of the grid, NaN where there is none. */
export type Columns = ReadonlyMap<string, Float64Array>;
export type Matrix = {
  readonly columns: Columns;
  /** Values that are none: NaN, infinite, below zero, at no point of the grid, or a second one at the same. */
  readonly dropped: number;
  /** In the server's own words: something of it did not answer. */
  readonly warnings: readonly string[];
};

const MAX_WARNINGS = 5;

/**
 * The answer to a range query, as values on its grid, by the label `id`. Throws a world error when it is no such answer. What is
 * wrong with single values costs these values, and they are counted; of two series with one id the first is believed, and the other
 * fills what that has not.
 */
export function decodeMatrix(answer: unknown, grid: Grid): Matrix {
  const { result, warnings } = matrixOf(answer);
  const columns = new Map<string, Float64Array>();
  let dropped = 0;
  for (const { metric, values } of result) {
    const id = metric.id;
    if (typeof id !== 'string') continue;
    const column = columns.get(id) ?? emptyColumn(grid);
    dropped += fill(column, values, grid);
    columns.set(id, column);
  }
  return { columns, dropped, warnings };
}

/** One series with all its labels: a value for each point of the grid, NaN where there is none. */
export type Row = { readonly labels: Labels; readonly values: Float64Array };

/** The same, a row for each series, in the order of the answer. */
export function decodeRows(answer: unknown, grid: Grid): { readonly rows: readonly Row[]; readonly warnings: readonly string[] } {
  const { result, warnings } = matrixOf(answer);
  const rows = result.map(({ metric, values }) => {
    const column = emptyColumn(grid);
    fill(column, values, grid);
    return { labels: labelsOf(metric), values: column };
  });
  return { rows, warnings };
}

type RawSeries = { readonly metric: Record<string, unknown>; readonly values: readonly unknown[] };

function matrixOf(answer: unknown): { readonly result: readonly RawSeries[]; readonly warnings: readonly string[] } {
  const { data, warnings } = opened(answer);
  if (!isRecord(data) || data.resultType !== 'matrix' || !Array.isArray(data.result)) throw noAnswer('has no matrix');
  const result = data.result.map((series) => {
    if (!isRecord(series) || !isRecord(series.metric) || !Array.isArray(series.values)) throw noAnswer('has no values');
    return { metric: series.metric, values: series.values };
  });
  return { result, warnings };
}

function emptyColumn({ count }: Grid): Float64Array {
  return new Float64Array(count).fill(Number.NaN);
}

/** Gives how many values were none. */
function fill(column: Float64Array, values: readonly unknown[], { fromMs, stepMs }: Grid): number {
  let dropped = 0;
  for (const pair of values) {
    const [t, text] = Array.isArray(pair) ? pair : [];
    const at = typeof t === 'number' ? (t * 1_000 - fromMs) / stepMs : Number.NaN;
    const value = typeof text === 'string' && text !== '' ? Number(text) : Number.NaN;
    const isPoint = Number.isInteger(at) && at >= 0 && at < column.length && Number.isNaN(column[at]);
    if (isPoint && value >= 0 && value < Number.POSITIVE_INFINITY) column[at] = value;
    else dropped += 1;
  }
  return dropped;
}

/** The answer to a question for series: the labels of each. Throws a world error when it is no such answer. */
export function decodeLabels(answer: unknown): { series: Labels[]; warnings: readonly string[] } {
  const { data, warnings } = opened(answer);
  if (!Array.isArray(data)) throw noAnswer('has no series');
  const series = data.map((labels) => {
    if (!isRecord(labels)) throw noAnswer('has no labels');
    return labelsOf(labels);
  });
  return { series, warnings };
}

function labelsOf(metric: Record<string, unknown>): Labels {
  return Object.fromEntries(
    Object.entries(metric).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** VictoriaMetrics says `isPartial` where others warn. */
function opened(answer: unknown): { data: unknown; warnings: readonly string[] } {
  if (!isRecord(answer) || answer.status !== 'success') throw noAnswer('is no answer of a Prometheus');
  const told = Array.isArray(answer.warnings) ? answer.warnings.map((warning) => String(warning).slice(0, 200)) : [];
  const warnings = answer.isPartial === true ? ['some of its storage did not answer', ...told] : told;
  return { data: answer.data, warnings: warnings.slice(0, MAX_WARNINGS) };
}

function noAnswer(what: string) {
  return worldError(`Prometheus: what it answered ${what}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
