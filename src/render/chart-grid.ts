import type { Series } from '../model/assessment.js';
import { isBytes, type Sample } from '../model/sample.js';
import { date } from './times.js';

/**
 * Equal steps of time. A category axis has no notion of distance, so samples are put on a grid first: what is twice as far
 * apart must look twice as far apart.
 *
 *     samples   x x  x x x        x x x
 *     grid      |.|..|.|.|        |.|.|      holes wider than `JOIN_STEPS` stay holes
 */
export type Grid = { readonly fromMs: number; readonly stepMs: number; readonly size: number };
export type Column = (number | null)[];

/** Points of a picture 1600 pixels wide that a phone shows at 390. */
const MAX_POINTS = 480;
/** Holes up to this many steps are a late sample, not missing data. */
const JOIN_STEPS = 3;
const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];
const TICKS = [
  ...[10, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 3, 7, 14].map((n) => n * DAY),
];
/** As many labels as fit side by side at phone width: `13:55`, or `24 Nov 13:00`. */
const MAX_TICKS = { short: 6, long: 3 };

/** A grid from the first sample to `toMs`, no finer than the samples are. */
export function gridOf(samples: readonly Sample[], toMs: number): Grid {
  const fromMs = samples[0]?.t ?? toMs;
  const spanMs = Math.max(1, toMs - fromMs);
  const stepMs = Math.max(SECOND, spanMs / MAX_POINTS, usualStepMs(samples));
  return { fromMs, stepMs, size: Math.min(MAX_POINTS + 1, Math.floor(spanMs / stepMs) + 1) };
}

function usualStepMs(samples: readonly Sample[]): number {
  const steps = samples.slice(1).map(({ t }, i) => t - (samples[i]?.t ?? t));
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? SECOND;
}

/** The mean of each step, null where there was no sample; short holes are joined by a straight line. */
export function column(grid: Grid, samples: readonly Sample[], value: (sample: Sample) => number | null | undefined): Column {
  const sums = new Float64Array(grid.size);
  const counts = new Uint32Array(grid.size);
  for (const sample of samples) {
    const at = indexAt(grid, sample.t);
    const bytes = value(sample);
    if (at < 0 || at >= grid.size || !isBytes(bytes)) continue;
    sums[at] = (sums[at] ?? 0) + bytes;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return joined(Array.from(counts, (count, i) => (count > 0 ? (sums[i] ?? 0) / count : null)));
}

function joined(values: Column): Column {
  let last = -1;
  const whole = [...values];
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    const from = last >= 0 ? values[last] : null;
    if (typeof from === 'number' && i - last <= JOIN_STEPS) {
      for (let hole = last + 1; hole < i; hole += 1) whole[hole] = from + ((value - from) * (hole - last)) / (i - last);
    }
    last = i;
  }
  return whole;
}

/** The step nearest to a time, Unix ms; it may lie outside of the grid. */
export function indexAt({ fromMs, stepMs }: Grid, t: number): number {
  return Math.round((t - fromMs) / stepMs);
}

/** The time of a step, Unix ms. */
export function timeAt({ fromMs, stepMs }: Grid, index: number): number {
  return fromMs + index * stepMs;
}

/**
 * A few labels at round times, UTC: hours and minutes within a day and a half, dates beyond. The other steps have an empty one;
 * the first names the zone.
 */
export function labels(grid: Grid): string[] {
  const spanMs = (grid.size - 1) * grid.stepMs;
  const wide = spanMs > 1.5 * DAY;
  const fits = (tick: number) => spanMs / tick <= (wide && tick < DAY ? MAX_TICKS.long : MAX_TICKS.short);
  const every = TICKS.find(fits) ?? spanMs / MAX_TICKS.long;
  let zone = every >= DAY ? '' : ' UTC';
  return Array.from({ length: grid.size }, (_, i) => {
    const [before, at] = [timeAt(grid, i - 0.5), timeAt(grid, i + 0.5)];
    const round = Math.floor(at / every) * every;
    if (round <= before) return '';
    const label = labelOf(round, every, wide) + zone;
    zone = '';
    return label;
  });
}

function labelOf(t: number, every: number, wide: boolean): string {
  const time = new Date(t).toISOString();
  if (every >= DAY) return date(t);
  if (wide) return `${date(t)} ${time.slice(11, 16)}`;
  return every < MINUTE ? time.slice(11, 19) : time.slice(11, 16);
}

/** Samples in order that have a time and anon. */
export function drawable(series: Series | undefined): Sample[] {
  const usable = [...(series?.samples ?? [])].filter(({ t, anon }) => Number.isFinite(t) && t > 0 && t < 1e14 && isBytes(anon));
  return usable.sort((a, b) => a.t - b.t);
}
