import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import { usedOf } from '../model/sample.js';
import { CACHE_BYTES, downLine, FROM_ITS_START_MS, restartLine } from './card-lines.js';
import { missingLine } from './card-others.js';
import { judgedOf, type Shape } from './card-view.js';
import { limitOf, replicaName, usage } from './memory.js';
import { escapeText } from './text.js';
import { duration, slackClock } from './times.js';
import { bytes, calmRate, change, FINEST_RATE, plainRate } from './units.js';

/** A present that begins later than this share of the window began with a bend. */
const BENT = 0.1;

/** `🟢 cache-svc stable: 0 ± 0.8 MiB/h over 14 d, 4 of 4 replicas`, and what would not have been seen. */
export const stable: Shape = (assessment, view) => ({
  headline: headline(assessment),
  lines: [
    peakLine(assessment),
    reasonLine(assessment, view.nowMs),
    assessment.reason === 'cache' ? undefined : cacheLine(assessment, view.nowMs),
    blindLine(assessment),
    missingLine(assessment),
    restartLine(assessment, view),
    downLine(assessment),
  ],
});

function headline(assessment: ServiceAssessment): string {
  const { service, growthBytesPerHour, verdict } = assessment;
  const judged = judgedOf(assessment);
  const rate = growthBytesPerHour ? `: ${calmRate(growthBytesPerHour, judged.length > 1 ? ' per replica' : '')}` : '';
  const spanMs = judged.reduce((least, one) => Math.min(least, presentMs(one)), Number.POSITIVE_INFINITY);
  const over = Number.isFinite(spanMs) && spanMs > 0 ? ` over ${duration(spanMs)}` : '';
  const agreeing = judged.filter((one) => one.verdict === verdict).length;
  const replicas = judged.length > 1 ? `, ${agreeing} of ${judged.length} replicas` : '';
  return `🟢 ${escapeText(service.name, 60)} stable${rate}${over}${replicas}`;
}

/** The time that the rate speaks of: since the last bend, where there was one. */
function presentMs(one: Assessment): number {
  return one.window.toMs - (isBent(one) ? (one.presentSinceMs ?? one.window.fromMs) : one.window.fromMs);
}

function isBent({ presentSinceMs, window }: Assessment): boolean {
  return presentSinceMs !== undefined && presentSinceMs - window.fromMs > BENT * (window.toMs - window.fromMs);
}

/** `Peak 311 of 512 MiB (61 %)`: of the replica that came nearest to its limit. */
function peakLine(assessment: ServiceAssessment): string | undefined {
  const judged = judgedOf(assessment);
  const height = (one: Assessment) => (one.peakBytes ?? 0) / (limitOf(one) ?? Number.MAX_SAFE_INTEGER);
  const highest = judged
    .filter(({ peakBytes }) => peakBytes !== undefined)
    .reduce<Assessment | undefined>((best, one) => (best && height(best) >= height(one) ? best : one), undefined);
  const words = highest ? usage(highest, highest.peakBytes) : undefined;
  if (!highest || !words) return undefined;
  return `Peak ${words}${judged.length > 1 ? `: ${replicaName(highest.replica, judged)}` : ''}`;
}

/** Why it is no leak, by what analysis found. */
function reasonLine(assessment: ServiceAssessment, nowMs: number): string {
  const { reason, explanation } = assessment;
  if (reason === 'load') return 'Memory follows load (traffic, CPU or time of day) and comes back down with it';
  if (reason === 'sawtooth') return 'Memory rises and comes back down to the same floor: a collector or a batch';
  if (reason === 'cache') return cacheReason(assessment, nowMs);
  return reason === 'plateau' || reason === 'flat' ? levelWords(assessment, nowMs) : escapeText(explanation, 200);
}

/**
 * `Filled within 25 min of its start, flat since 13:25`, or `Moved to another level, flat since 13:25`.
 *
 *      ___________          ____________
 *     /              or ___/                 from the process's start, or in the midst of its life
 */
function levelWords(assessment: ServiceAssessment, nowMs: number): string {
  const [only, ...others] = judgedOf(assessment);
  const flat =
    assessment.reason === 'flat' ? 'Memory stays where it is' : 'Memory filled, or moved to another level, and stays there';
  if (!only || others.length > 0 || only.presentSinceMs === undefined || !isBent(only)) return flat;
  const since = `flat since ${slackClock(only.presentSinceMs, nowMs)}`;
  const { startedAtMs } = only.replica.run;
  const fromStart = only.window.fromMs - startedAtMs < FROM_ITS_START_MS;
  return fromStart
    ? `Filled within ${duration(only.presentSinceMs - startedAtMs)} of its start, ${since}`
    : `Moved to another level, ${since}`;
}

/** `Only page cache grows (+310 MiB since Monday): reclaimable, not counted`. */
function cacheReason(assessment: ServiceAssessment, nowMs: number): string {
  const judged = judgedOf(assessment);
  const most = mostCache(judged);
  const grown = most?.deltas.file ?? 0;
  if (!most || grown < CACHE_BYTES) return 'Only page cache grows: reclaimable, not counted';
  const who = judged.length > 1 ? `${replicaName(most.replica, judged)} ` : '';
  return `Only page cache grows (${who}${change(grown)} since ${slackClock(most.window.fromMs, nowMs)}): reclaimable, not counted`;
}

/** `Page cache +310 MiB since Monday is reclaimable, not counted`. */
function cacheLine(assessment: ServiceAssessment, nowMs: number): string | undefined {
  const judged = judgedOf(assessment);
  const most = mostCache(judged);
  if (!most) return undefined;
  const who = judged.length > 1 ? ` of ${replicaName(most.replica, judged)}` : '';
  const grown = most.deltas.file ?? 0;
  if (grown >= CACHE_BYTES) {
    return `Page cache${who} ${change(grown)} since ${slackClock(most.window.fromMs, nowMs)} is reclaimable, not counted`;
  }
  const held = most.latest?.file ?? 0;
  return held >= CACHE_BYTES ? `Page cache${who} ${bytes(held)} is reclaimable, not counted` : undefined;
}

function mostCache(judged: readonly Assessment[]): Assessment | undefined {
  return judged.reduce<Assessment | undefined>(
    (best, one) => (best && (best.deltas.file ?? 0) >= (one.deltas.file ?? 0) ? best : one),
    undefined,
  );
}

/** The honest end of every "stable": a leak within the range would look just like this. The range is the headline's, `0 ± 0.8`. */
function blindLine(assessment: ServiceAssessment): string | undefined {
  const bounds = judgedOf(assessment).flatMap((one) => {
    const range = one.growthBytesPerHour;
    const [used, limit] = [usedOf(one.latest), limitOf(one)];
    if (!range || range.high <= 0) return [];
    const high = Math.max(-range.low, range.high);
    return [{ high, leftMs: used === undefined || limit === null ? null : (Math.max(0, limit - used) / high) * 3_600_000 }];
  });
  if (bounds.length === 0) return undefined;
  const high = bounds.reduce((most, bound) => Math.max(most, bound.high), 0);
  const left = bounds.flatMap(({ leftMs }) => (leftMs === null ? [] : [leftMs]));
  const words = `A leak under ${plainRate(Math.max(high, FINEST_RATE))} would not show`;
  if (left.length === 0) return `${words}; with no limit set there is nothing to run into but the host`;
  const soonestMs = left.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY);
  if (soonestMs <= 0) return `${words}, and nothing is left to the limit`;
  const soonest = duration(soonestMs);
  return `${words}: ${soonest.startsWith('over') ? soonest : `at least ${soonest}`} to the limit`;
}
