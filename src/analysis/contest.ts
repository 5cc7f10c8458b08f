import { type Basis, basisOf } from './basis.js';
import type { Column } from './column.js';
import type { Track } from './floor.js';
import type { LeastSquares } from './least-squares.js';
import { type Noise, noiseOf, PHIS } from './noise.js';
import { medianOf } from './quantile.js';
import { SHAPES } from './shapes/all.js';
import type { Candidate, Context, Shape } from './shapes/shape.js';
import { Whitened } from './whitened.js';

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
  const grain = Math.max(PAGE, GRAIN * centre) ** 2;
  const tried = SHAPES.map((shape) => ({ shape, candidates: shape.candidates(basis, context) }));
  const y = floor.bytes.map((bytes) => bytes - centre);
  const view: View = { whitened: new Whitened(basis.columns, y), n: y.length, grain };
  const bests = bestsOf(tried, basis.columns, noisesAt(floor.t), view);
  const rivals = bests.flatMap((best) => (best.shape.leaks ? (entryOf(best, view) ?? []) : []));
  const calmest = least(bests.filter(({ shape }) => !shape.leaks));
  const harmless = calmest && entryOf(calmest, view);
  const leaking = least(rivals);
  if (!harmless || !leaking) return null;
  return { basis, harmless, leaking, rivals, evidence: (harmless.bic - leaking.bic) / 2, centre };
}

type View = { readonly whitened: Whitened; readonly n: number; readonly grain: number };
type Tried = { readonly shape: Shape; readonly candidates: readonly Candidate[] };
/** The best of a shape so far. */
type Best = Pick<Entry, 'shape' | 'candidate' | 'noise' | 'bic'>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The candidates of each shape are searched with one φ, and the best of each is held against all of them. */
function bestsOf(tried: readonly Tried[], columns: readonly Column[], noises: readonly Noise[], view: View): Best[] {
  const searched = noises[SEARCHED_WITH];
  if (!searched) return [];
  view.whitened.through(searched, columns);
  const bests: Writable<Best>[] = [];
  for (const { shape, candidates } of tried) {
    let found: Candidate | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const candidate of candidates) {
      const bic = bicOf(candidate, searched, view);
      if (!(bic < least)) continue;
      found = candidate;
      least = bic;
    }
    if (found) bests.push({ shape, candidate: found, noise: searched, bic: least });
  }
  for (const noise of noises) {
    if (noise === searched) continue;
    view.whitened.through(noise, []);
    for (const best of bests) {
      view.whitened.also(best.candidate.columns);
      const bic = bicOf(best.candidate, noise, view);
      if (!(bic < best.bic)) continue;
      best.noise = noise;
      best.bic = bic;
    }
  }
  return bests;
}

/** NaN where columns do not tell each other apart, or are nearly as many as the points. */
function bicOf({ columns, searched }: Candidate, { logDet }: Noise, { whitened, n, grain }: View): number {
  if (n <= columns.length + 2) return Number.NaN;
  const parameters = columns.length + searched + 2;
  return n * Math.log(whitened.rss(columns) / n + grain) + logDet + parameters * Math.log(n);
}

function entryOf({ shape, candidate, noise, bic }: Best, { whitened, n, grain }: View): Entry | null {
  const { columns } = candidate;
  whitened.through(noise, columns);
  const fit = whitened.fit(columns);
  return fit && { shape, candidate, noise, bic, fit, variance: fit.rss / n + grain };
}

function least<T extends Best>(entries: readonly T[]): T | undefined {
  return entries.reduce<T | undefined>((best, one) => (best && best.bic <= one.bic ? best : one), undefined);
}

function noisesAt(t: Float64Array): Noise[] {
  const distances = distancesOf(t);
  return PHIS.map((phi) => noiseOf(phi, distances));
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
  const course = new Float64Array(candidate.columns[0]?.length ?? 0).fill(centre);
  for (let k = 0; k < columns; k += 1) {
    const [values, coefficient] = [candidate.columns[k]?.values, fit.coefficients[k] ?? 0];
    if (values) for (let i = 0; i < course.length; i += 1) course[i] = (course[i] ?? 0) + coefficient * (values[i] ?? 0);
  }
  return course;
}
