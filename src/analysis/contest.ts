import { type Basis, basisOf, type Column } from './basis.js';
import type { Track } from './floor.js';
import { type LeastSquares, leastSquares } from './least-squares.js';
import { type Noise, noiseOf, PHIS, whiten } from './noise.js';
import { medianOf } from './quantile.js';
import { SHAPES } from './shapes/all.js';
import type { Candidate, Context, Shape } from './shapes/shape.js';

/** A shape with the course that explains the floor best. */
export type Entry = {
  readonly shape: Shape;
  readonly candidate: Candidate;
  readonly fit: LeastSquares;
  readonly noise: Noise;
  /** Bayesian information criterion: lower explains better, parameters counted. */
  readonly bic: number;
  /** Variance of the whitened residuals, bytes². */
  readonly variance: number;
};

export type Contest = {
  readonly basis: Basis;
  readonly harmless: Entry;
  readonly leaking: Entry;
  /** All leaking shapes, each at its best. */
  readonly rivals: readonly Entry[];
  /** ln of how many times better the best leaking shape explains the floor than the best harmless one. */
  readonly evidence: number;
  /** What was taken off the floor before fitting, bytes. */
  readonly centre: number;
};

/** The search for bends is made with φ = 0.7; the winner of each shape is then held against all of them. */
const SEARCHED_WITH = 3;
/** Departures below this share of the level are no evidence for anything: pages, counting, small talk. A choice. */
const GRAIN = 0.0015;
const PAGE = 4096;

/** Holds every shape against a floor of at least 8 points. Null when no shape can be fitted. */
export function contest(floor: Track, context: Context = {}): Contest | null {
  const basis = basisOf(floor.t, floor.bytes);
  const centre = medianOf(floor.bytes.slice());
  const y: Column = { values: floor.bytes.map((bytes) => bytes - centre), whitened: [] };
  const noises = PHIS.map((phi) => noiseOf(phi, distancesOf(floor.t)));
  const grain = Math.max(PAGE, GRAIN * centre) ** 2;
  const rate = (candidate: Candidate, at: number) => entryOf(candidate, y, at, noises, grain);
  const entries = SHAPES.flatMap((shape) => {
    let best: Unnamed | null = null;
    for (const candidate of shape.candidates(basis, context)) best = better(best, rate(candidate, SEARCHED_WITH));
    if (!best) return [];
    const { candidate } = best;
    for (const at of PHIS.keys()) best = better(best, rate(candidate, at));
    return best ? [{ shape, ...best }] : [];
  });
  const rivals = entries.filter(({ shape }) => shape.leaks);
  const harmless = least(entries.filter(({ shape }) => !shape.leaks));
  const leaking = least(rivals);
  if (!harmless || !leaking) return null;
  return { basis, harmless, leaking, rivals, evidence: (harmless.bic - leaking.bic) / 2, centre };
}

type Unnamed = Omit<Entry, 'shape'>;

function entryOf(candidate: Candidate, y: Column, at: number, noises: readonly Noise[], grain: number): Unnamed | null {
  const noise = noises[at];
  if (!noise) return null;
  const columns = candidate.columns.map((column) => whitened(column, at, noise));
  const n = y.values.length;
  const fit = n <= columns.length + 2 ? null : leastSquares(columns, whitened(y, at, noise));
  if (!fit) return null;
  const variance = fit.rss / n + grain;
  const parameters = columns.length + candidate.searched + 2;
  const bic = n * Math.log(variance) + noise.logDet + parameters * Math.log(n);
  return { candidate, fit, noise, bic, variance };
}

function whitened(column: Column, at: number, noise: Noise): Float64Array {
  let values = column.whitened[at];
  if (!values) {
    values = whiten(column.values, noise);
    column.whitened[at] = values;
  }
  return values;
}

function better(a: Unnamed | null, b: Unnamed | null): Unnamed | null {
  return !b || (a && a.bic <= b.bic) ? a : b;
}

function least(entries: readonly Entry[]): Entry | undefined {
  return entries.reduce<Entry | undefined>((best, one) => (best && best.bic <= one.bic ? best : one), undefined);
}

function distancesOf(t: Float64Array): Float64Array {
  const distances = t.map((at, i) => at - (t[i - 1] ?? at));
  const usual = medianOf(distances.slice(1)) || 1;
  return distances.map((distance) => Math.max(0.05, distance / usual));
}

/** The course of an entry at its points, bytes. */
export function courseOf(entry: Entry, centre: number): Float64Array {
  return sumOf(entry, centre, entry.candidate.columns.length);
}

/** The same without what comes and goes. */
export function trendOf(entry: Entry, centre: number): Float64Array {
  return sumOf(entry, centre, entry.candidate.trend ?? entry.candidate.columns.length);
}

function sumOf({ candidate, fit }: Entry, centre: number, columns: number): Float64Array {
  const course = new Float64Array(candidate.columns[0]?.values.length ?? 0).fill(centre);
  for (let k = 0; k < columns; k += 1) {
    const [values, coefficient] = [candidate.columns[k]?.values, fit.coefficients[k] ?? 0];
    if (values) for (let i = 0; i < course.length; i += 1) course[i] = (course[i] ?? 0) + coefficient * (values[i] ?? 0);
  }
  return course;
}
