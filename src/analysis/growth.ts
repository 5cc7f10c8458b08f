import type { Range } from '../model/assessment.js';
import { withoutBatches } from './batches.js';
import { type Contest, contest, courseOf, type Entry, trendOf } from './contest.js';
import { floorOf, type Track } from './floor.js';
import { type Present, presentOf } from './present.js';
import { quantileOf } from './quantile.js';
import type { Context } from './shapes/shape.js';
import { usualStep } from './steps.js';

const MIB = 2 ** 20;
/** Below this many points of the floor nothing is said. */
export const MIN_POINTS = 8;

/** What is asked of growth. All of them are choices, made on generated cases (`docs/detection.md`). */
export type Bar = {
  /** ln of how many times better a leaking shape must explain the floor. */
  readonly evidence: number;
  /** The present slope over its standard error. */
  readonly significance: number;
  /** What must have been gained, as a share of the level. */
  readonly gain: number;
};
const SURE: Bar = { evidence: 0, significance: 4, gain: 0.02 };
const LIKELY: Bar = { evidence: -1.5, significance: 2, gain: 0.015 };
/** What began in the last eighth of what was seen is a jump as well as growth: it has to go on. */
const LATEST = 0.88;
/** The end of a warm-up rises too: what is gained now must be a share of what was gained before it. */
const TAIL = 0.12;
/** For each time that more is asked for. */
const HARDER_EVIDENCE = 3;
/** Less than this every process gains, in whatever it does. */
export const LEAST_GAIN_BYTES = MIB / 4;

/** What one part of memory does in one window. */
export type Growth = {
  readonly contest: Contest;
  /** `leaks`: beyond reasonable doubt. `may leak`: as likely as not. */
  readonly says: 'leaks' | 'may leak' | 'calm';
  readonly evidence: number;
  /** It leaks for all that is seen, but began so late that it may be a jump: it has to go on. */
  readonly begun: boolean;
  /** Slope of the present, bytes per hour. */
  readonly perHour: Range;
  /** Surely above zero, whatever else there is to say. */
  readonly grows: boolean;
  readonly gainedBytes: number;
  /** What has to be gained before growth counts. */
  readonly mattersBytes: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Since when it does what it does now. */
  readonly sinceMs: number;
  /** Its second half rises less than half as much as its first: so warm-up ends, or a leak that slows down. */
  readonly slowing: boolean;
  readonly shape: string;
  readonly curve: readonly { readonly t: number; readonly bytes: number }[];
  /** The level of its trend at its end, bytes. */
  readonly levelBytes: number;
  readonly winner: Entry;
  readonly floor: Track;
};

/** How many of its errors a range reaches to each side: more than 1.96, because shapes are searched for. Measured on generated cases. */
const WIDTH = 2.4;
/** No slope is known better than this share of itself. */
const BEST = 0.01;

/** Holds all shapes against the floor of one part; null when there is too little of it. `harder` multiplies what is asked. */
export function growthOf(track: Track, harder = 1, contextAt: (t: Float64Array) => Context = () => ({})): Growth | null {
  const floor = withoutBatches(afterStartUp(floorOf(track)));
  const found = floor.t.length < MIN_POINTS ? null : contest(floor, contextAt(floor.t));
  if (!found) return null;
  const winner = found.evidence > 0 ? found.leaking : found.harmless;
  const { basis, evidence } = found;
  const leak = presentOf(found.leaking, basis.x);
  const present = evidence > 0 ? leak : presentOf(found.harmless, basis.x);
  const [fromMs, toMs] = [floor.t[0] ?? 0, floor.t.at(-1) ?? 0];
  const value = present.slope / basis.hours;
  const error = (WIDTH * (evidence > 0 ? spreadOf(found, leak) : calmSpreadOf(found, present))) / basis.hours;
  const course = courseOf(winner, found.centre);
  // Of what gets faster or slower, the mean of the whole time is a rate too.
  const mean = winner.shape.name === 'bent' ? ((course.at(-1) ?? 0) - (course[0] ?? 0)) / basis.hours : value;
  const gainedBytes = leak.slope * (1 - leak.since);
  const level = Math.max(1, found.centre);
  const roseBefore = riseUntil(leak.since, basis.x, courseOf(found.leaking, found.centre));
  const beyond = gainedBytes >= TAIL * roseBefore && atNewHigh(floor, found);
  const ruled = beyond && (found.leaking.candidate.onset ?? leak.since) < LATEST;
  const exceeds = (least: Bar) =>
    evidence >= least.evidence + HARDER_EVIDENCE * (harder - 1) &&
    leak.slope > least.significance * leak.error &&
    gainedBytes >= Math.max(LEAST_GAIN_BYTES, least.gain * level) * harder;
  const bar = (least: Bar) => ruled && exceeds(least);
  return {
    contest: found,
    says: bar(SURE) ? 'leaks' : bar(LIKELY) ? 'may leak' : 'calm',
    evidence,
    begun: beyond && !ruled && exceeds(SURE),
    perHour: { value, low: Math.min(value, mean) - error, high: Math.max(value, mean) + error },
    grows: Math.min(value, mean) - error > 0,
    gainedBytes,
    mattersBytes: Math.max(LEAST_GAIN_BYTES, SURE.gain * level) * harder,
    fromMs,
    toMs,
    sinceMs: fromMs + present.since * (toMs - fromMs),
    slowing: slowsDown(course),
    shape: winner.shape.name,
    curve: pointsOf(floor.t, course),
    levelBytes: trendOf(winner, found.centre).at(-1) ?? 0,
    winner,
    floor,
  };
}

/**
 * The error of a slope, per x: its own, and how far the other leaking shapes that explain the floor nearly as well are away from
 * it, each by its weight (Bayesian model averaging; Hoeting et al. 1999). Which shape it is, is the larger part of not knowing.
 */
function spreadOf({ rivals, leaking, basis }: Contest, { slope, error }: Present): number {
  let weight = 0;
  let square = 0;
  for (const rival of rivals) {
    const share = Math.exp((leaking.bic - rival.bic) / 4);
    const other = presentOf(rival, basis.x);
    weight += share;
    square += share * ((other.slope - slope) ** 2 + other.error ** 2);
  }
  return Math.sqrt(Math.max(error ** 2, square / weight) + (BEST * slope) ** 2);
}

/** How much better than another a shape explains the floor when it is no rival any more: BIC, by convention (Kass & Raftery 1995). */
const CLOSE = 6;

/**
 * The same where nothing leaks: the growth that would not have shown, by the leaking shape that is nearest to none. Those that begin
 * only at the end could hide anything, always.
 */
function calmSpreadOf({ rivals, leaking, basis }: Contest, { slope }: Present): number {
  const hidden = rivals
    .filter(({ bic }) => bic <= leaking.bic + CLOSE)
    .map((rival) => presentOf(rival, basis.x))
    .map((other) => Math.hypot(other.slope - slope, other.error));
  return Math.min(...hidden);
}

function riseUntil(since: number, x: Float64Array, course: Float64Array): number {
  const at = x.findIndex((value) => value >= since);
  return at <= 0 ? 0 : Math.max(0, (course[at] ?? 0) - (course[0] ?? 0));
}

/** So many points at the beginning may be start-up. */
const START_UP = 3;
const JUMP = 6;

/**
 * Without the first jump, by which every process begins: it is far larger than what follows, and as a part of the course it would
 * have to be explained by every shape.
 *
 *       ___---
 *      |
 */
function afterStartUp({ t, bytes }: Track): Track {
  if (bytes.length < 6 * START_UP) return { t, bytes };
  const usual = usualStep(bytes, START_UP + 1);
  let from = 0;
  for (let i = 1; i <= START_UP; i += 1) if ((bytes[i] ?? 0) - (bytes[i - 1] ?? 0) > JUMP * usual) from = i;
  return { t: t.subarray(from), bytes: bytes.subarray(from) };
}

function pointsOf(t: Float64Array, course: Float64Array): Growth['curve'] {
  const points: { t: number; bytes: number }[] = [];
  for (let i = 0; i < t.length; i += 1) points.push({ t: t[i] ?? 0, bytes: Math.max(0, course[i] ?? 0) });
  return points;
}

function slowsDown(course: Float64Array): boolean {
  const middle = course.length >> 1;
  const [first, half, last] = [course[0] ?? 0, course[middle] ?? 0, course.at(-1) ?? 0];
  return last - half < (half - first) / 2;
}

/**
 * The present is above nearly all that was: what comes down again was load. What a shape knows to come and go (a daily wave,
 * traffic) is taken off first, since the end may be in a trough.
 *
 *        .-.                    .-·
 *     .-'   '._  no         _.-'     yes
 */
function atNewHigh({ bytes }: Track, { leaking }: Contest): boolean {
  const { columns, trend = columns.length } = leaking.candidate;
  const steady = bytes.slice();
  for (let k = trend; k < columns.length; k += 1) {
    const [values, coefficient] = [columns[k]?.values, leaking.fit.coefficients[k] ?? 0];
    if (values) for (let i = 0; i < steady.length; i += 1) steady[i] = (steady[i] ?? 0) - coefficient * (values[i] ?? 0);
  }
  const recent = Math.max(3, Math.ceil(bytes.length / 16));
  const now = quantileOf(steady.slice(-recent), 0.5);
  const before = quantileOf(steady.slice(0, -recent), 0.9);
  return now >= before - Math.sqrt(leaking.variance);
}
