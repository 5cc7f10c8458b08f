import type { Cycle, Range } from '../model/assessment.js';
import type { LedgerLine } from '../model/ledger.js';
import { isDeploy } from '../model/replica.js';
import { type Ascent, ascentOf, ascentOfLine } from './ascent.js';
import { LEAST_GAIN_BYTES } from './growth.js';
import { FROM_START_MS, type Life } from './lives.js';
import { medianOf } from './quantile.js';
import type { Slope } from './slope.js';

/** Lives that climb alike: what they have in common. */
export type Climb = {
  readonly cycle: Cycle;
  /** Of their middle, bytes per hour, with the range that 19 of 20 such means lie in. */
  readonly perHour: Range;
  /** `killed`: they end at the limit. `cut short`: something else ends them first, deploys for instance. */
  readonly kind: 'killed' | 'cut short';
  /** When the first of them that climbs began, Unix ms; null when it was not seen from its start. */
  readonly sinceMs: number | null;
};

/** Lives that are known by their line only: not for ever back. A choice. */
const MAX_TOLD = 12;
/** A climb is this share of what was reached in the end. */
const CLIMB = 0.2;
/** Without a known limit, lives that end this near to each other end at one. */
const ALIKE = 0.12;
/** What is asked of several short lives: standard errors of their mean, lives, share of them that rise, and gain in a life. */
const SHORT_LIVES = { significance: 4, least: 3, rising: 0.8, gain: 0.015 };

/**
 * Several lives judged together: each may be too short to say anything, or end before the leak does.
 *
 *      /|  /|  /|  /          killed: out of memory, again and again
 *     / | / | / | /
 *
 *     __-|__-|__-|_-          cut short: each deploy hides it
 *
 * `ledger`: lines of this replica's lives; those that samples do not reach any more are judged by them.
 */
export function climbOf(lives: readonly Life[], limitBytes: number | null, ledger: readonly LedgerLine[] = []): Climb | null {
  const seen = lives.flatMap((life, i) => ascentOf(life, limitBytes, i < lives.length - 1) ?? []);
  const firstMs = Math.min(...seen.map(({ fromMs, run }) => run?.startedAtMs ?? fromMs));
  const told = ledger.filter(({ endedAtMs }) => endedAtMs <= firstMs).slice(-MAX_TOLD);
  const ascents = [...told.flatMap((line) => ascentOfLine(line) ?? []), ...seen];
  const found = killedAgain(ascents, limitBytes) ?? cutShort(ascents);
  const present = ascents.at(-1);
  return found && !(present && !present.ended && isCalmer(present, found.perHour.value)) ? found : null;
}

/** The present life surely does less than half of it: it was mended. */
function isCalmer({ slope, hours }: Ascent, perHour: number): boolean {
  return hours > 0 && slope.perHour + 2.5 * slope.error < 0.4 * perHour;
}

/** The lives that climbed far: what they reached is not what is normal. */
export function climbingOf(lives: readonly Life[]): ReadonlySet<Life> {
  return new Set(
    lives.slice(0, -1).filter((life) => {
      const ascent = ascentOf(life, null, true);
      return ascent !== null && rises(ascent) && isFar(ascent);
    }),
  );
}

const isFar = ({ slope, peakBytes }: Ascent) => slope.endBytes - slope.startBytes > Math.max(LEAST_GAIN_BYTES, CLIMB * peakBytes);

const rises = ({ slope }: Ascent) => slope.perHour > 2.5 * slope.error;

/** Twice is a cycle; once, and the present life on the same way, is one too. */
function killedAgain(ascents: readonly Ascent[], limitBytes: number | null): Climb | null {
  const climbing = ascents.filter((one) => rises(one) && isFar(one));
  const ended = climbing.filter((one) => one.ended);
  const peaks = Float64Array.from(ended, ({ peakBytes }) => peakBytes);
  const middle = medianOf(peaks.slice());
  const alike = limitBytes === null && ended.length >= 2 && peaks.every((peak) => Math.abs(peak - middle) < ALIKE * middle);
  const killed = alike ? ended : ended.filter((one) => one.killed);
  const present = ascents.at(-1);
  const goesOn = present !== undefined && !present.ended && rises(present) && killed.some((one) => similar(one, present));
  if (killed.length < 1 || (killed.length < 2 && !goesOn)) return null;
  return climb(killed, 'killed', goesOn ? [...killed, present] : killed, ascents);
}

function similar(a: Ascent, b: Ascent): boolean {
  const ratio = a.slope.perHour / b.slope.perHour;
  return ratio > 1 / 3 && ratio < 3;
}

/** Equal slopes over short lives; and in their second halves too, or it is the warm-up of each that rises. */
function cutShort(ascents: readonly Ascent[]): Climb | null {
  const { least, significance, rising, gain } = SHORT_LIVES;
  if (ascents.length < least) return null;
  const whole = meanOf(ascents.map(({ slope }) => slope));
  const upwards = ascents.filter(({ slope }) => slope.perHour > 0).length;
  // Of a process so small that this is less than counts, as a share of the least that it would have to be.
  const gains = ascents.map(({ slope, hours }) => (whole.value * hours) / Math.max(LEAST_GAIN_BYTES / gain, slope.startBytes));
  if (whole.value < significance * whole.error || upwards < rising * ascents.length || !isSteady(ascents)) return null;
  if (medianOf(Float64Array.from(gains)) < gain) return null;
  return climb(ascents, 'cut short', ascents, ascents);
}

/** Compared by their medians: the present life may be so young that it does nothing but warm up, and steeply. */
function isSteady(ascents: readonly Ascent[]): boolean {
  const halves = ascents.map((one) => one.halves());
  const early = halves.flatMap((both) => both?.early ?? []);
  // A line in the ledger is of what came after the warm-up: it has no halves, it is the late one.
  const late = ascents.map(({ slope }, i) => halves[i]?.late ?? slope);
  const { value, error } = meanOf(late);
  return value > 2 * error && middleOf(late) > 0.5 * middleOf(early);
}

/** Bytes per hour; 0 of none. */
function middleOf(slopes: readonly Slope[]): number {
  return medianOf(Float64Array.from(slopes, ({ perHour }) => perHour)) || 0;
}

function climb(lives: readonly Ascent[], kind: Climb['kind'], measured: readonly Ascent[], all: readonly Ascent[]): Climb {
  const { value, error } = meanOf(measured.map(({ slope }) => slope));
  const oomKilled = lives.filter(({ killed }) => killed).length;
  const lengths = Float64Array.from(
    lives.filter(({ ended }) => ended),
    ({ hours }) => hours * 3_600_000,
  );
  return {
    kind,
    perHour: { value, low: value - 2 * error, high: value + 2 * error },
    sinceMs: startOf(lives.find(({ slope }) => slope.perHour > 0)),
    cycle: { lives: measured.length, oomKilled, endedBy: endedBy(oomKilled, kind, all), usualLifeMs: medianOf(lengths) || 0 },
  };
}

function startOf(first: Ascent | undefined): number | null {
  return first?.run && first.fromMs - first.run.startedAtMs <= FROM_START_MS ? first.run.startedAtMs : null;
}

/** By deploys when one began the newest life, and at least half of those before it. */
function endedBy(oomKilled: number, kind: Climb['kind'], lives: readonly Ascent[]): Cycle['endedBy'] {
  if (kind === 'killed' && oomKilled > 0) return 'out-of-memory';
  const deploys = lives.slice(1).map(({ run }, i) => run !== null && isDeploy(lives[i]?.run, run));
  return deploys.at(-1) && deploys.filter(Boolean).length >= deploys.length / 2 ? 'deploys' : 'restarts';
}

/** Weighted by what each knows, and by how much they differ among themselves (DerSimonian & Laird 1986). */
function meanOf(slopes: readonly Slope[]): { value: number; error: number } {
  if (slopes.length === 0) return { value: 0, error: Number.POSITIVE_INFINITY };
  const weights = slopes.map(({ error }) => 1 / Math.max(error ** 2, 1));
  const sum = weights.reduce((a, b) => a + b, 0);
  const first = slopes.reduce((total, { perHour }, i) => total + perHour * (weights[i] ?? 0), 0) / sum;
  const spread = slopes.reduce((total, { perHour }, i) => total + (weights[i] ?? 0) * (perHour - first) ** 2, 0);
  const scale = sum - weights.reduce((a, b) => a + b * b, 0) / sum;
  const between = scale > 0 ? Math.max(0, (spread - (slopes.length - 1)) / scale) : 0;
  const all = slopes.map(({ error }) => 1 / (Math.max(error ** 2, 1) + between));
  const total = all.reduce((a, b) => a + b, 0);
  const value = slopes.reduce((acc, { perHour }, i) => acc + perHour * (all[i] ?? 0), 0) / total;
  return { value, error: Math.sqrt(1 / total) };
}
