import type { Exclusion, Part } from '../model/assessment.js';
import { type Columns, rowAt, rows } from './columns.js';
import { HARDLY_ANY } from './context.js';
import type { Track } from './floor.js';
import { medianOf, thinned } from './quantile.js';
import { measured, trackOf } from './tracks.js';
import { AS_USUAL, type WarmUp, YOUNG_MS } from './warm-up.js';

const HARDLY_ANY_CHANGE = 2 ** 18;
/** Cache that grew by less than this share of what memory did is not the story; load that did, not either. Choices. */
const CACHE_SHARE = 1 / 4;
const LOAD_SHARE = 1 / 2;
/** A third of the time needs so many samples before it is compared. */
const MIN_SAMPLES = 4;
/** So many of its samples tell the level of a third as well as all do. */
const ENOUGH = 500;

export type Growing = {
  /** Of the present life. */
  readonly columns: Columns;
  readonly part: Part;
  /** Since when it grows, Unix ms. */
  readonly sinceMs: number;
  readonly upMs: number;
  readonly warmUp: WarmUp | null;
};

/**
 * What growth is not, by what was measured while memory grew; what was not measured, and what may be the cause, is not in it.
 *
 *     memory  __--¯¯    cache  ________    traffic  ¯¯--__    up for longer than it takes to warm up
 */
export function exclusionsOf({ columns, part, sinceMs, upMs, warmUp }: Growing): Exclusion[] {
  const since = rows(columns, rowAt(columns, sinceMs), columns.t.length);
  const memory = trackOf(since, part);
  return [...notCache(memory, trackOf(since, 'file')), ...notLoad(memory, since), ...notWarmUp(upMs, warmUp)];
}

function notCache(memory: Track, file: Track): Exclusion[] {
  const [grown, changeBytes] = [changeOf(memory.bytes), changeOf(file.bytes)];
  const flat = Math.abs(changeBytes) < HARDLY_ANY_CHANGE;
  return flat || changeBytes <= CACHE_SHARE * Math.max(0, grown)
    ? [{ cause: 'cache', changeBytes: Math.round(changeBytes) }]
    : [];
}

/** Traffic, else CPU: by its own first and last third, beside those of memory. A change from nothing is no share: infinite or NaN. */
function notLoad(memory: Track, columns: Columns): Exclusion[] {
  const [first = Number.NaN, last = Number.NaN] = levelsOf(memory);
  const rose = (last - first) / first;
  if (!(rose > 0)) return [];
  const net = ratesOf(columns, 'net');
  const of = net && Math.max(...net) * 1000 > HARDLY_ANY ? 'net' : 'cpu';
  const rates = of === 'net' ? net : ratesOf(columns, 'cpu');
  const change = rates ? rates[1] / rates[0] - 1 : Number.NaN;
  return change < LOAD_SHARE * rose ? [{ cause: 'load', of, change }] : [];
}

function notWarmUp(upMs: number, warmUp: WarmUp | null): Exclusion[] {
  if (warmUp) return upMs > AS_USUAL * warmUp.longestMs ? [{ cause: 'warm-up', upMs, usualMs: warmUp.usualMs }] : [];
  return upMs > YOUNG_MS ? [{ cause: 'warm-up', upMs }] : [];
}

/** From the middle of the first thirtieth to that of the last, so that a collector's tooth is no change; NaN of nothing. */
export function changeOf(bytes: Float64Array): number {
  const end = Math.ceil(bytes.length / 30);
  return bytes.length > 1 ? medianOf(bytes.slice(-end)) - medianOf(bytes.slice(0, end)) : Number.NaN;
}

/** The first and the last third of the time, as rows `[from, to)`; null when there is too little in one of them. */
function thirdsOf(t: Float64Array): readonly [number, number] | null {
  const [first, last] = [t[0] ?? 0, t.at(-1) ?? 0];
  const third = (last - first) / 3;
  const [early, late] = [rowAt({ t }, first + third), rowAt({ t }, last - third)];
  return early >= MIN_SAMPLES && t.length - late >= MIN_SAMPLES ? [early, late] : null;
}

function levelsOf({ t, bytes }: Track): readonly number[] {
  const thirds = thirdsOf(t);
  const level = (some: Float64Array) => medianOf(thinned(some, ENOUGH));
  return thirds ? [level(bytes.subarray(0, thirds[0])), level(bytes.subarray(thirds[1]))] : [];
}

/** How fast a counter goes in each of them, per ms; null when it was not measured, or when it fell: it began again. */
function ratesOf(columns: Columns, name: 'net' | 'cpu'): readonly [number, number] | null {
  const { t, [name]: counter } = columns;
  if (!counter) return null;
  const { t: times, bytes: values } = measured(
    t,
    t.map((_, row) => counter(row)),
  );
  const thirds = thirdsOf(times);
  if (!thirds || falls(values)) return null;
  const rate = (from: number, to: number) => ((values[to] ?? 0) - (values[from] ?? 0)) / ((times[to] ?? 0) - (times[from] ?? 0));
  return [rate(0, thirds[0] - 1), rate(thirds[1], times.length - 1)];
}

function falls(counter: Float64Array): boolean {
  for (let i = 1; i < counter.length; i += 1) if ((counter[i] ?? 0) < (counter[i - 1] ?? 0)) return true;
  return false;
}
