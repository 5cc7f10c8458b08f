import { median } from 'simple-statistics';
import type { Assessment } from '../model/assessment.js';
import type { Audit, DeployAudit, ImageFacts } from '../model/audit.js';
import type { LedgerLine } from '../model/ledger.js';
import type { Range } from '../model/range.js';
import { limitOf, usedOf } from '../model/sample.js';
import type { View } from '../model/watch.js';
import { factsOf } from './compare.js';
import { POLICY } from './policy.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A run is compared after so much time, what its image usually takes to settle not counted. */
const YOUNG_MS = 30 * MINUTE;
/** What is only suspected, or good, may be a day's tide until a day of it was seen. */
const TIDE_MS = 24 * HOUR;
/** Shorter lives say little of a slope. A choice. */
const LEAST_LIFE_MS = 30 * MINUTE;
/** So many of the last lives of an image are what it was. A choice. */
const LIVES = 20;

export type Trial = NonNullable<Audit['trial']>;
/** `not judged`: too little is known of one of the two now; `not yet`: enough is, and it does not tell. Slopes per replica. */
export type Found = Pick<DeployAudit, 'before' | 'after'> & {
  readonly result: Exclude<DeployAudit['result'], 'unclear'> | 'not yet' | 'not judged';
};

/**
 * Two versions by their slopes.
 *
 *         v1.42.0           | v1.42.1       __.-´
 *                           |         __.-´      after: the new runs alone, settled, 30 min old
 *     ----._.-.____.-._.--  |    _.-´
 *         before            | _/
 *                            deploy
 *
 *     worse    the ranges lie apart, after above before, and the difference alone would fill what is left to the limit within the
 *              horizon of the watch (without a limit: double what is used); most of the new runs leak
 *     better   the same the other way round, of what surely grew before
 *     same     all of the new runs are stable, and even the upper end of after would not matter; this and better after a day only:
 *              a leak may begin late, and load comes and goes with the day
 *
 * It has no idea of its own of what grows: new runs are judged by analysis, and load, cache and warm-up are no growth. What is only
 * suspected counts when a day of it was seen. Before is what grew more: the image's lives in the run ledger (whole, settled), how
 * it was judged last, or what of it still runs; a version that began to leak in the end is not made worse by one that leaks alike.
 * Runs that are young are left out while most are old enough.
 */
export function findOut(trial: Trial, view: View, ledger: readonly LedgerLine[], nowMs: number): Found {
  const lines = ledger.filter((line) => (line.imageId ?? line.image) === trial.previous.id).slice(-LIVES);
  const before = beforeOf(trial, lines, view);
  const settled = lines.flatMap(({ settledMs }) => (settledMs === null ? [] : [settledMs]));
  const oldMs = YOUNG_MS + (settled.length > 0 ? median(settled) : 0);
  const fresh = ofImage(view, trial.image);
  const old = fresh.filter((one) => isTelling(one) && nowMs - one.replica.run.startedAtMs >= oldMs);
  const after = rangeOf(old);
  if (!before || !after || old.length * 2 <= fresh.length) return { result: 'not judged', before, after };
  return { result: compare(before, after, old, nowMs) ?? 'not yet', before, after };
}

function compare(before: Range, after: Range, old: readonly Assessment[], nowMs: number): 'worse' | 'better' | 'same' | null {
  const matters = Math.min(...old.map(mattersOf));
  const was = Math.max(0, before.value);
  const grown = old.filter((one) => isGrowing(one, nowMs));
  const most = grown.length * 2 >= old.length;
  if (most && after.low > before.high && after.value - was >= matters) return 'worse';
  // What is good news can wait for the day's tide.
  if (!old.every(({ window }) => nowMs - window.fromMs >= TIDE_MS)) return null;
  if (before.low > Math.max(0, after.high) && was - after.value >= matters) return 'better';
  return old.every(({ verdict }) => verdict === 'stable') && after.high < matters ? 'same' : null;
}

/** What has a slope of its own run: several lives that climb alike have one of them all. */
function isTelling({ verdict, reason, growthBytesPerHour }: Assessment): boolean {
  return verdict !== 'unknown' && reason !== 'restart-cycle' && growthBytesPerHour !== undefined;
}

function isGrowing({ verdict, window }: Assessment, nowMs: number): boolean {
  return verdict === 'leaking' || (verdict === 'suspicious' && nowMs - window.fromMs >= TIDE_MS);
}

/** Bytes per hour that would fill what is left to the limit within the horizon; without a limit, that would double it. */
function mattersOf({ latest, replica, peakBytes = 0 }: Assessment): number {
  const used = usedOf(latest) ?? peakBytes;
  const limit = limitOf(latest, replica.limitBytes);
  return Math.max(0, limit === null ? used : limit - used) / (POLICY.horizonMs / HOUR);
}

/** As its lives were, as it was judged last, or as those of it that still run are judged now: whichever grew most. */
function beforeOf({ slope, previous }: Trial, lines: readonly LedgerLine[], view: View): Range | null {
  const lives = lines.flatMap(({ slopeBytesPerHour, startedAtMs, endedAtMs }) =>
    slopeBytesPerHour && endedAtMs - startedAtMs >= LEAST_LIFE_MS ? [{ growthBytesPerHour: slopeBytesPerHour }] : [],
  );
  const known = [rangeOf(lives), slope, slopeOf(view, previous)].flatMap((range) => range ?? []);
  return known.reduce<Range | null>((most, range) => (most && most.high >= range.high ? most : range), null);
}

/** How the runs of an image are judged now. */
export function slopeOf(view: View, image: ImageFacts): Range | undefined {
  return rangeOf(ofImage(view, image).filter(isTelling)) ?? undefined;
}

function rangeOf(ones: readonly Pick<Assessment, 'growthBytesPerHour'>[]): Range | null {
  const rates = ones.flatMap(({ growthBytesPerHour }) => growthBytesPerHour ?? []);
  if (rates.length === 0) return null;
  const middle = (end: keyof Range) => Math.round(median(rates.map((rate) => rate[end])));
  return { value: middle('value'), low: middle('low'), high: middle('high') };
}

export function ofImage({ replicas }: View, { id }: ImageFacts): readonly Assessment[] {
  return replicas.filter(({ replica }) => replica.running && factsOf(replica).id === id);
}
