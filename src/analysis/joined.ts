import type { Range } from '../model/assessment.js';
import { bucketed } from './floor.js';
import { LEAST_GAIN_BYTES } from './growth.js';
import { leastSquares } from './least-squares.js';
import type { Life } from './lives.js';
import { noiseOf, PHIS, whiten } from './noise.js';
import { medianOf } from './quantile.js';
import { trackOf } from './tracks.js';

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
/** What was before must show the tide by itself; the present life must be long enough to be told from it. Choices. */
const BEFORE_HOURS = 36;
const PRESENT_HOURS = 18;
const MAX_POINTS = 168;
/** A life shorter than this has no level of its own worth a parameter; its first hour is start-up. */
const LEAST_POINTS = 6;
const START_UP_HOURS = 1;
/** Asked for more than of one life alone: what is joined may not belong together. Choices. */
const EVIDENCE = 3;
const SIGNIFICANCE = 4.5;
const GAIN = 0.02;
const WIDTH = 2.4;
/** Hours: what a life fills after its start may take a few of these. */
const WARM_UPS = [1, 2, 4, 8];

export type Joined = { readonly perHour: Range; readonly evidence: number; readonly sinceMs: number };

/**
 * Growth of the present life, by what all lives together know of the day: each life has a level of its own, the tide is one and
 * the same, and only the present one may grow. It shows what is slower than the tide is high.
 *
 *      .-.   .-.  |      .-.   .-
 *     '   '-'   '-|   .-'   '-'        level | level + growth, with the same tide
 *                 | .'
 *
 * Null when it does not grow, or when there is too little before or since. A life that fills for some hours and then stays does not
 * grow, though it ends above where it began: growth must explain it better than that, too.
 *
 *      .-.   .-.  |   .---.  .-
 *     '   '-'   '-| .'     '-'         level | level + warm-up: harmless
 */
export function joinedGrowth(lives: readonly Life[]): Joined | null {
  if (lives.length < 2) return null;
  const hours = lives.flatMap((life, index) => pointsOf(life, index));
  const present = hours.filter(({ index }) => index === lives.length - 1);
  const first = present[0];
  if (!first || present.length < PRESENT_HOURS || hours.length - present.length < BEFORE_HOURS) return null;
  const kept = hours.slice(-MAX_POINTS);
  const t = Float64Array.from(kept, ({ ms }) => ms);
  const bytes = Float64Array.from(kept, ({ bytes: value }) => value);
  const centre = medianOf(bytes.slice());
  const tide = [DAY_HOURS, DAY_HOURS / 2].flatMap((period) => waveOf(t, period * HOUR_MS));
  const levels = [...new Set(kept.map(({ index }) => index))].flatMap((index) => {
    const own = Float64Array.from(kept, (point) => (point.index === index ? 1 : 0));
    return own.reduce((sum, one) => sum + one, 0) < LEAST_POINTS ? [] : [own];
  });
  const grown = t.map((ms) => Math.max(0, (ms - first.ms) / HOUR_MS));
  const y = bytes.map((value) => value - centre);
  const without = best([...levels, ...tide], y);
  const fit = best([grown, ...levels, ...tide], y);
  if (!without || !fit) return null;
  const enough = (growing: Fit, harmless: Fit) =>
    (harmless.bic - growing.bic) / 2 >= EVIDENCE &&
    growing.slope >= SIGNIFICANCE * growing.error &&
    growing.slope * (grown.at(-1) ?? 0) >= Math.max(LEAST_GAIN_BYTES, GAIN * centre);
  if (!enough(fit, without)) return null;
  const warm = WARM_UPS.map((tau) => grown.map((age) => 1 - Math.exp(-age / tau)));
  const filled = likeliest([without, ...warm.map((column) => best([...levels, ...tide, column], y, 1))]);
  const both = likeliest([fit, ...warm.map((column) => best([grown, ...levels, ...tide, column], y, 1))]);
  if (!enough(both, filled)) return null;
  const [half, evidence] = [WIDTH * both.error, (filled.bic - both.bic) / 2];
  return { perHour: { value: both.slope, low: both.slope - half, high: both.slope + half }, evidence, sinceMs: first.ms };
}

/** Sine and cosine over t. */
function waveOf(t: Float64Array, periodMs: number): [Float64Array, Float64Array] {
  const angles = t.map((ms) => (2 * Math.PI * (ms - (t[0] ?? 0))) / periodMs);
  return [angles.map(Math.sin), angles.map(Math.cos)];
}

function likeliest([first, ...others]: readonly [Fit, ...(Fit | null)[]]): Fit {
  return others.reduce<Fit>((least, fit) => (fit && fit.bic < least.bic ? fit : least), first);
}

function pointsOf({ columns }: Life, index: number) {
  const track = trackOf(columns, 'anon');
  const [from, to] = [track.t[0] ?? 0, track.t.at(-1) ?? 0];
  const { t, bytes } = bucketed(track, Math.max(1, Math.floor((to - from) / HOUR_MS)), 0.2, 1);
  return Array.from(t, (ms, i) => ({ ms, bytes: bytes[i] ?? 0, index })).slice(START_UP_HOURS);
}

type Fit = { readonly bic: number; readonly slope: number; readonly error: number };

/**
 * The fit with the memory of its residuals that is most likely; slope and error are of its first column. `searched`: values that
 * were tried out for a column, and count as coefficients.
 */
function best(columns: readonly Float64Array[], y: Float64Array, searched = 0): Fit | null {
  const n = y.length;
  const distances = y.map(() => 1);
  let found: Fit | null = null;
  for (const phi of PHIS) {
    const noise = noiseOf(phi, distances);
    const fit = leastSquares(
      columns.map((column) => whiten(column, noise)),
      whiten(y, noise),
    );
    if (!fit) continue;
    const variance = fit.rss / Math.max(1, n - columns.length);
    const bic = n * Math.log(variance + 1) + noise.logDet + (columns.length + searched) * Math.log(n);
    const error = Math.sqrt((fit.inverse[0] ?? 0) * variance);
    if (!found || bic < found.bic) found = { bic, slope: fit.coefficients[0] ?? 0, error };
  }
  return found;
}
