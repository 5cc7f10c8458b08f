import { type Basis, basisOf } from './basis.js';
import type { Track } from './floor.js';
import { groundOf, type Tried } from './ground.js';
import type { LeastSquares } from './least-squares.js';
import type { Noise } from './noise.js';
import { medianOf } from './quantile.js';
import type { Candidate, Context, Shape } from './shapes/shape.js';
import type { Whitened } from './whitened.js';

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
  /** All leaking shapes that are not far from the best of them, each at its best. */
  readonly rivals: readonly Entry[];
  /** ln of how many times better the best leaking shape explains the floor than the best harmless one. */
  readonly evidence: number;
  /** What was taken off the floor before fitting, bytes. */
  readonly centre: number;
};

/** The search for bends is made with φ = 0.7; the winner of each shape is then held against all of them. */
const SEARCHED_WITH = 3;
/** A shape whose BIC is so much worse than another's is out of it, whatever the noise. A choice. */
const FAR = 40;
/** Departures below this share of the level are no evidence for anything: pages, counting, small talk. A choice. */
const GRAIN = 0.0015;
const PAGE = 4096;

/** Holds every shape against a floor of at least 8 points. Null when no shape can be fitted. */
export function contest({ t, bytes }: Track, context: Context = {}): Contest | null {
  const { layout, tried, views } = groundOf(t);
  const basis = basisOf(layout, t, bytes);
  const centre = medianOf(bytes.slice());
  const y = bytes.map((value) => value - centre);
  for (const view of views) view.look(y);
  const measure = { n: y.length, grain: Math.max(PAGE, GRAIN * centre) ** 2 };
  const found = tried.flatMap((one) => searchedFor(one.shape, candidatesOf(one, basis, context), views, measure) ?? []);
  const bests = (leaks: boolean) =>
    nearBest(found.filter(({ shape }) => shape.leaks === leaks)).map((best) => withNoise(best, views, measure));
  const rivals = bests(true).flatMap((best) => entryOf(best, measure) ?? []);
  const [calm, leaking] = [least(bests(false)), least(rivals)];
  const harmless = calm && entryOf(calm, measure);
  if (!harmless || !leaking) return null;
  return { basis, harmless, leaking, rivals, evidence: (harmless.bic - leaking.bic) / 2, centre };
}

export function candidatesOf({ shape, always, atJump }: Tried, basis: Basis, context: Context): (readonly Candidate[])[] {
  const some = [always];
  if (shape.atJump) some.push(...basis.jumps.map(atJump));
  if (shape.here) some.push(shape.here(basis, context));
  return some;
}

/** How many points there are, and the variance that is no evidence for anything, bytes². */
type Measure = { readonly n: number; readonly grain: number };
/** The best of a shape, and by which noise. */
type Best = Pick<Entry, 'shape' | 'candidate' | 'bic'> & { readonly view: Whitened };

/** The best candidate of a shape by the one φ that is searched with. */
function searchedFor(
  shape: Shape,
  candidates: readonly (readonly Candidate[])[],
  views: readonly Whitened[],
  measure: Measure,
): Best | null {
  const view = views[SEARCHED_WITH];
  let [found, least]: [Candidate | null, number] = [null, Number.POSITIVE_INFINITY];
  if (!view) return null;
  for (const some of candidates) {
    for (const candidate of some) {
      const bic = bicOf(candidate, view, measure);
      if (!(bic < least)) continue;
      found = candidate;
      least = bic;
    }
  }
  return found && { shape, candidate: found, view, bic: least };
}

function nearBest(found: readonly Best[]): Best[] {
  const most = (least(found)?.bic ?? 0) + FAR;
  return found.filter(({ bic }) => bic <= most);
}

/** The same by its likeliest noise: to both sides as long as it explains better, since likelihood has one peak in φ. */
function withNoise(best: Best, views: readonly Whitened[], measure: Measure): Best {
  let { view: likeliest, bic: least } = best;
  for (const towards of [-1, 1]) {
    for (let i = SEARCHED_WITH + towards; ; i += towards) {
      const view = views[i];
      const bic = view ? bicOf(best.candidate, view, measure) : Number.NaN;
      if (!view || !(bic < least)) break;
      likeliest = view;
      least = bic;
    }
  }
  return { ...best, view: likeliest, bic: least };
}

/** NaN where columns do not tell each other apart, or are nearly as many as the points. */
function bicOf({ columns, searched }: Candidate, view: Whitened, { n, grain }: Measure): number {
  if (n <= columns.length + 2) return Number.NaN;
  const parameters = columns.length + searched + 2;
  return n * Math.log(view.rss(columns) / n + grain) + view.noise.logDet + parameters * Math.log(n);
}

function entryOf({ shape, candidate, view, bic }: Best, { n, grain }: Measure): Entry | null {
  const fit = view.fit(candidate.columns);
  return fit && { shape, candidate, noise: view.noise, bic, fit, variance: fit.rss / n + grain };
}

function least<T extends { readonly bic: number }>(entries: readonly T[]): T | undefined {
  return entries.reduce<T | undefined>((best, one) => (best && best.bic <= one.bic ? best : one), undefined);
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
