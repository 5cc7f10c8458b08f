import type { Assessment, Part, Series, ServiceAssessment } from '../model/assessment.js';
import type { Sample } from '../model/sample.js';
import type { Ending } from './chart-ending.js';
import { type Column, column, drawable, type Grid } from './chart-grid.js';
import { COLOUR, FILL, OTHERS } from './chart-style.js';
import { clip, visible } from './text.js';

const LEAKING_PARTS = ['anon', 'shmem', 'kernel'] as const;
export type LeakingPart = (typeof LEAKING_PARTS)[number];

/** What the curves are made of: the replica that matters most, its samples in order, and the grid they are drawn on. */
export type Scene = {
  readonly assessment: ServiceAssessment;
  readonly subject: Assessment;
  readonly samples: readonly Sample[];
  readonly series: readonly Series[];
  /** What leaks, or was judged: the curve that is filled, and what the fitted shape is of. */
  readonly part: LeakingPart;
  readonly grid: Grid;
  /** Of the last picture of an incident. */
  readonly ending?: Ending;
};

/** Values in bytes. */
export type Curve = {
  readonly label: string;
  readonly colour: string;
  readonly values: Column;
  readonly style: Readonly<Record<string, unknown>>;
};

/** What is this many times higher than the main curve would press it flat: it is said in words, not drawn. */
export const FAR = 4;
/** More replicas than this are a thicket: only one of them is drawn. */
export const MAX_REPLICAS = 8;
/** A small part of memory is drawn when it is this share of the main curve. */
const MATTERS = 0.1;

/** What the picture is about: the part that leaks, of the replica that matters. The one curve that is filled. */
export function mainOf({ assessment, subject, samples, part, grid }: Scene): Curve {
  const label = assessment.replicas.length > 1 ? `${replicaWords(subject, assessment)} ${part}` : part;
  const values = column(grid, samples, (sample) => sample[part]);
  return { label, colour: COLOUR[part], values, style: { borderWidth: 5, fill: 'origin', backgroundColor: FILL[part] } };
}

/** Page cache, unless it would press the main curve flat and is not what this is about; the other parts when they matter. */
export function partsOf({ assessment, samples, part, grid }: Scene, top: number): Curve[] {
  const cache: Curve = { label: CACHE, ...partCurve('file'), style: { borderDash: [4, 4] } };
  const small = LEAKING_PARTS.filter((one) => one !== part).map((one): Curve => ({ label: one, ...partCurve(one), style: {} }));
  const cacheTop = highest([cache]);
  const cacheFits = cacheTop > 0 && (cacheTop <= FAR * top || assessment.reason === 'cache');
  const fits = (height: number) => height >= Math.max(1, MATTERS * top) && (part === 'anon' || height <= FAR * top);
  return [...(cacheFits ? [cache] : []), ...small.filter((one) => fits(highest([one])))];

  function partCurve(one: Part) {
    return { colour: COLOUR[one], values: column(grid, samples, (sample) => sample[one]) };
  }
}

export const CACHE = 'page cache';

/** The same part of the other replicas, thin, while they are few. */
export function othersOf({ assessment, subject, series, part, grid }: Scene): Curve[] {
  const others = assessment.replicas.filter(({ replica }) => replica.key !== subject.replica.key);
  if (assessment.replicas.length > MAX_REPLICAS) return [];
  return others.flatMap((one, i) => {
    const samples = samplesOf(seriesOf(series, one), part);
    if (samples.length === 0) return [];
    const values = column(grid, samples, (sample) => sample[part]);
    const colour = OTHERS[i % OTHERS.length] ?? COLOUR.file;
    return [{ label: replicaWords(one, assessment), colour, values, style: { borderWidth: 2 } }];
  });
}

/** Short enough for a legend: `#7`, or with its host where numbers alone are not enough. */
function replicaWords({ replica }: Assessment, { replicas }: ServiceAssessment): string {
  const numbers = new Set(replicas.map((one) => one.replica.number));
  return numbers.size === replicas.length ? `#${replica.number}` : clip(visible(`#${replica.number} ${replica.host}`), 14);
}

/**
 * What is drawn of a series, in order. Shared memory that was found in the page cache, since nobody measured it (cgroup v1), is
 * drawn as what it is: cache that is in use.
 */
export function samplesOf(series: Series | undefined, part: LeakingPart): readonly Sample[] {
  const samples = drawable(series);
  if (part !== 'shmem' || samples.some(({ shmem }) => shmem !== undefined)) return samples;
  return samples.map((sample) => {
    const { file, inactiveFile } = sample;
    if (file === undefined || inactiveFile === undefined) return sample;
    return { ...sample, shmem: Math.max(0, file - inactiveFile), file: inactiveFile };
  });
}

export function seriesOf(series: readonly Series[], { replica }: Assessment): Series | undefined {
  return series.find((one) => one.replica.key === replica.key);
}

/** The part that analysis names; else, of what grows, the one that grew most. */
export function partOf({ verdict }: ServiceAssessment, { part, deltas }: Assessment): LeakingPart {
  if (part !== undefined) return part === 'file' ? 'anon' : part;
  if (verdict !== 'leaking' && verdict !== 'suspicious') return 'anon';
  const grown = (one: LeakingPart) => deltas[one] ?? 0;
  return LEAKING_PARTS.reduce<LeakingPart>((most, one) => (grown(one) > grown(most) ? one : most), 'anon');
}

/** The highest value of all of them, bytes; 0 where there is none. */
export function highest(curves: readonly Pick<Curve, 'values'>[]): number {
  let most = 0;
  for (const { values } of curves) for (const value of values) if (value !== null && value > most) most = value;
  return most;
}
