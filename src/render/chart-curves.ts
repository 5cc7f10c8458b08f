import type { Assessment, Series, ServiceAssessment } from '../model/assessment.js';
import type { Sample } from '../model/sample.js';
import { type Column, column, drawable, type Grid, indexAt, timeAt } from './chart-grid.js';
import { COLOUR, OTHERS } from './chart-style.js';
import { clip, visible } from './text.js';

/** What the curves are made of: the replica that matters most, its samples in order, and the grid they are drawn on. */
export type Scene = {
  readonly assessment: ServiceAssessment;
  readonly subject: Assessment;
  readonly samples: readonly Sample[];
  readonly series: readonly Series[];
  readonly grid: Grid;
};

/** Values in bytes. */
export type Curve = {
  readonly label: string;
  readonly colour: string;
  readonly values: Column;
  readonly style: Readonly<Record<string, unknown>>;
};

/** What is this many times higher than anon would press it flat: it is said in words, not drawn. */
export const FAR = 4;
/** More replicas than this are a thicket: only one of them is drawn. */
export const MAX_REPLICAS = 8;
/** A small part of memory is drawn when it is this share of anon. */
const MATTERS = 0.1;
/** Marks of restarts stand this much above the highest curve. */
const MARKS_AT = 1.08;

/** Anon of the replica that matters: the one curve that is filled. */
export function anonOf({ assessment, subject, samples, grid }: Scene): Curve {
  const label = assessment.replicas.length > 1 ? `${replicaWords(subject, assessment)} anon` : 'anon';
  const values = column(grid, samples, ({ anon }) => anon);
  return { label, colour: COLOUR.anon, values, style: { borderWidth: 5, fill: 'origin', backgroundColor: COLOUR.anonFill } };
}

/** The fitted line, from where it was fitted on to the end of the picture; never below zero. Empty unless memory grows. */
export function trendOf({ assessment, subject, grid }: Scene): Curve[] {
  const [a, b] = subject.curve ?? [];
  const grows = assessment.verdict === 'leaking' || assessment.verdict === 'suspicious';
  if (!grows || !a || !b || b.t <= a.t) return [];
  const values = Array.from({ length: grid.size }, (_, i) => {
    const t = timeAt(grid, i);
    const bytes = a.bytes + ((b.bytes - a.bytes) * (t - a.t)) / (b.t - a.t);
    return t < a.t - grid.stepMs / 2 || !Number.isFinite(bytes) ? null : Math.max(0, bytes);
  });
  return [{ label: 'trend', colour: COLOUR.fit, values, style: { borderDash: [12, 8], pointRadius: 0 } }];
}

/** Page cache, unless it would press anon flat and is not what this is about; shared and kernel memory when they matter. */
export function partsOf({ assessment, samples, grid }: Scene, top: number): Curve[] {
  const part = (label: string, colour: string, value: (sample: Sample) => number | undefined, style = {}): Curve => ({
    label,
    colour,
    style,
    values: column(grid, samples, value),
  });
  const cache = part(CACHE, COLOUR.file, ({ file }) => file, { borderDash: [4, 4] });
  const small = [part('shmem', COLOUR.shmem, ({ shmem }) => shmem), part('kernel', COLOUR.kernel, ({ kernel }) => kernel)];
  const cacheTop = highest([cache]);
  const cacheFits = cacheTop > 0 && (cacheTop <= FAR * top || assessment.reason === 'cache');
  return [...(cacheFits ? [cache] : []), ...small.filter((one) => highest([one]) >= Math.max(1, MATTERS * top))];
}

export const CACHE = 'page cache';

/** Anon of the other replicas, thin, while they are few. */
export function othersOf({ assessment, subject, series, grid }: Scene): Curve[] {
  const others = assessment.replicas.filter(({ replica }) => replica.key !== subject.replica.key);
  if (assessment.replicas.length > MAX_REPLICAS) return [];
  return others.flatMap((one, i) => {
    const samples = drawable(series.find(({ replica }) => replica.key === one.replica.key));
    if (samples.length === 0) return [];
    const values = column(grid, samples, ({ anon }) => anon);
    const colour = OTHERS[i % OTHERS.length] ?? COLOUR.file;
    return [{ label: replicaWords(one, assessment), colour, values, style: { borderWidth: 2 } }];
  });
}

/** Starts after the first sample: marks above the curves. Lives that the kernel ended are called so. */
export function restartsOf({ subject, series, samples, grid }: Scene, tallest: number): Curve[] {
  const runs = series.find(({ replica }) => replica.key === subject.replica.key)?.runs ?? [];
  const first = samples[0]?.t ?? 0;
  const starts = [...runs, subject.replica.run].map(({ startedAtMs }) => startedAtMs).filter((at) => at > first);
  const marked = new Set(starts.map((at) => indexAt(grid, at)));
  const values = Array.from({ length: grid.size }, (_, i) => (marked.has(i) ? tallest * MARKS_AT : null));
  if (!values.some((value) => value !== null)) return [];
  const label = runs.some(({ oomKilled }) => oomKilled) ? 'restart (out of memory)' : 'restart';
  const style = { showLine: false, pointRadius: 9, pointStyle: 'triangle', clip: false };
  return [{ label, colour: COLOUR.restart, values, style }];
}

/** Short enough for a legend: `#7`, or with its host where numbers alone are not enough. */
function replicaWords({ replica }: Assessment, { replicas }: ServiceAssessment): string {
  const numbers = new Set(replicas.map((one) => one.replica.number));
  return numbers.size === replicas.length ? `#${replica.number}` : clip(visible(`#${replica.number} ${replica.host}`), 14);
}

export function highest(curves: readonly Pick<Curve, 'values'>[]): number {
  let most = 0;
  for (const { values } of curves) for (const value of values) if (value !== null && value > most) most = value;
  return most;
}
