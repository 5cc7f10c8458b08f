import { median } from 'simple-statistics';
import type { Assessment } from '../model/assessment.js';
import type { Audit, DeployAudit, ImageFacts } from '../model/audit.js';
import type { LedgerLine } from '../model/ledger.js';
import type { Range } from '../model/range.js';
import { limitOf, usedOf } from '../model/sample.js';
import type { View } from '../model/watch.js';
import { compareUrl, factsOf } from './compare.js';
import { POLICY } from './policy.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A run is compared after so much time, what it usually takes to settle not counted. */
const YOUNG_MS = 30 * MINUTE;
/** What is only suspected may be a day's tide until a day of it was seen. */
const TIDE_MS = 24 * HOUR;
/** What cannot be told within this is given up. */
const MOST_MS = 7 * 24 * HOUR;
/** Shorter lives say little of a slope. A choice. */
const LEAST_LIFE_MS = 30 * MINUTE;
/** So many of the last lives of an image are what it was. A choice. */
const LIVES = 20;
const MAX_IMAGES = 4;
const MAX_PAST = 5;

export type Audited = { readonly audit: Audit; readonly told: DeployAudit | null };

/**
 * One more look at a service's images: a new one is noticed, and once its runs are old enough compared with what was before it.
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
 *     same     even the upper end of after would not matter
 *     else     looked at again, until the next deploy, or for a week
 *
 * It has no idea of its own of what grows: new runs are judged by analysis, and load, cache and warm-up are no growth. What is only
 * suspected counts when a day of it was seen. Before is what was worse: the image's lives in the run ledger (whole, settled), or how
 * it was judged last; a version that began to leak in the end is not made worse by one that leaks alike. All of a rolling deploy
 * or a part of it (a canary) is one deploy; runs that are young are left out while most are old enough.
 */
export function stepAudit(before: Audit | undefined, view: View, ledger: readonly LedgerLine[], nowMs: number): Audited {
  const running = imagesIn(view);
  const last = before ?? { running: [], past: [] };
  const [most] = running;
  // Nobody runs: what ran last is still what a deploy is compared with.
  if (!most) return { audit: last, told: null };
  const { trial, past, slope } = noticed(last, running, view, nowMs);
  const result = trial ? judge(trial, view, ledger, nowMs) : null;
  if (trial && !result) return { audit: { running, trial, past }, told: null };
  const told = trial && result ? toldOf(trial, result, nowMs) : null;
  // Of an image that cannot be judged now, what was found last holds.
  const known = slopeOf(view, most) ?? (last.running[0]?.id === most.id ? slope : undefined);
  return { audit: { running, past: told ? keep(past, told) : past, ...(known ? { slope: known } : {}) }, told };
}

function keep(past: readonly DeployAudit[], told: DeployAudit): DeployAudit[] {
  return [...past, told].slice(-MAX_PAST);
}

/** Whether the run ledger is needed for the next step: its lines are a quarter of a megabyte at most, and deploys are rare. */
export function needsLedger(audit: Audit | undefined, view: View): boolean {
  return audit?.trial !== undefined || newIn(audit?.running ?? [], imagesIn(view)) !== undefined;
}

/** An image that did not run at the last look is a deploy, one that ran before too. Before the first look there is nothing to compare with. */
function noticed(last: Audit, running: readonly ImageFacts[], view: View, nowMs: number): Omit<Audit, 'running'> {
  const { trial, slope, past } = last;
  const [image, previous] = [newIn(last.running, running), last.running[0]];
  if (!image || !previous) return last;
  const deployedMs = Math.min(nowMs, ...ofImage(view, image).map(({ replica }) => replica.run.startedAtMs));
  if (!trial) return { past, trial: { image, previous, deployedMs, ...(slope ? { slope } : {}) } };
  const given = keep(past, toldOf(trial, { result: 'unclear', before: null, after: null }, nowMs));
  const from = trial.slope ? { slope: trial.slope } : {};
  // Back to what was there: nothing is left to be compared.
  if (image.id === trial.previous.id) return { past: given, ...from };
  // The one before it was not judged yet: this one, too, is compared with what was before that.
  return { past: given, trial: { image, previous: trial.previous, deployedMs, ...from } };
}

function newIn(before: readonly ImageFacts[], now: readonly ImageFacts[]): ImageFacts | undefined {
  return before.length === 0 ? undefined : now.find(({ id }) => before.every((one) => one.id !== id));
}

type Result = Pick<DeployAudit, 'result' | 'before' | 'after'>;
type Trial = NonNullable<Audit['trial']>;

/** Null: it cannot be told yet. */
function judge(trial: Trial, view: View, ledger: readonly LedgerLine[], nowMs: number): Result | null {
  const lines = ledger.filter((line) => (line.imageId ?? line.image) === trial.previous.id).slice(-LIVES);
  const before = beforeOf(trial, lines, view);
  const settled = lines.flatMap(({ settledMs }) => (settledMs === null ? [] : [settledMs]));
  const oldMs = YOUNG_MS + (settled.length > 0 ? median(settled) : 0);
  const fresh = ofImage(view, trial.image);
  const old = fresh.filter((one) => isTelling(one) && nowMs - one.replica.run.startedAtMs >= oldMs);
  const after = rangeOf(old);
  const result = before && after && old.length * 2 > fresh.length ? compare(before, after, old, nowMs) : null;
  if (result) return { result, before, after };
  return nowMs - trial.deployedMs > MOST_MS ? { result: 'unclear', before, after } : null;
}

function compare(before: Range, after: Range, old: readonly Assessment[], nowMs: number): DeployAudit['result'] | null {
  const matters = Math.min(...old.map(mattersOf));
  const was = Math.max(0, before.value);
  const grown = old.filter((one) => isGrowing(one, nowMs));
  const most = grown.length * 2 >= old.length;
  if (most && after.low > before.high && after.value - was >= matters) return 'worse';
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
function slopeOf(view: View, image: ImageFacts): Range | undefined {
  return rangeOf(ofImage(view, image).filter(isTelling)) ?? undefined;
}

function rangeOf(ones: readonly Pick<Assessment, 'growthBytesPerHour'>[]): Range | null {
  const rates = ones.flatMap(({ growthBytesPerHour }) => growthBytesPerHour ?? []);
  if (rates.length === 0) return null;
  const middle = (end: keyof Range) => Math.round(median(rates.map((rate) => rate[end])));
  return { value: middle('value'), low: middle('low'), high: middle('high') };
}

function ofImage({ replicas }: View, { id }: ImageFacts): readonly Assessment[] {
  return replicas.filter(({ replica }) => replica.running && factsOf(replica).id === id);
}

/** What runs, the image of most replicas first. */
function imagesIn({ replicas }: View): ImageFacts[] {
  const counts = new Map<string, { readonly facts: ImageFacts; count: number }>();
  for (const { replica } of replicas) {
    const facts = factsOf(replica);
    if (!replica.running || facts.id === '') continue;
    const known = counts.get(facts.id);
    if (known) known.count += 1;
    else counts.set(facts.id, { facts, count: 1 });
  }
  const all = [...counts.values()].sort((a, b) => b.count - a.count);
  return all.slice(0, MAX_IMAGES).map(({ facts }) => facts);
}

function toldOf({ image, previous, deployedMs }: Trial, result: Result, toldMs: number): DeployAudit {
  const url = compareUrl(previous, image);
  const images = { imageId: image.id, image: image.image, previousImage: previous.image };
  return { ...result, deployedMs, toldMs, ...images, ...(url ? { compareUrl: url } : {}) };
}
