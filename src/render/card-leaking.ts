import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import { usedOf } from '../model/sample.js';
import { downLine, movedLine, restartLine, scopeLine } from './card-lines.js';
import { growingOf, type Shape } from './card-view.js';
import { limitOf, replicaName, usage } from './memory.js';
import { escapeText } from './text.js';
import { duration, slackClock, until } from './times.js';
import { bytes, change, rate } from './units.js';

/** A process that has been up for this long is not warming up (the bar that analysis uses). */
const WARM_MS = 45 * 60_000;

/** `🔴 api-svc leaking: +41 MiB/h per replica (32–50)`, and until when, who, what, why. */
export const leaking: Shape = (assessment, view) => ({
  headline: `🔴 ${escapeText(assessment.service.name, 60)} leaking${rateWords(assessment)}`,
  lines: [
    ...growthLines(assessment, view.nowMs),
    notLine(assessment, view.nowMs),
    restartLine(assessment, view),
    downLine(assessment),
  ],
});

/** What leaking and suspicious services have in common. */
export function growthLines(assessment: ServiceAssessment, nowMs: number): (string | undefined)[] {
  const subject = subjectOf(assessment);
  return [
    outOfMemoryLine(assessment, nowMs),
    spreadLine(assessment),
    subject ? movedLine(subject, assessment, nowMs) : undefined,
    assessment.onsetMs === undefined ? undefined : `Growing since ${slackClock(assessment.onsetMs, nowMs)}`,
    scopeLine(assessment),
    escapeText(assessment.explanation, 200),
  ];
}

/** `: +41 MiB/h per replica (32–50)`; nothing when it could not be estimated. */
export function rateWords({ growthBytesPerHour, replicas }: ServiceAssessment): string {
  return growthBytesPerHour ? `: ${rate(growthBytesPerHour, replicas.length > 1 ? ' per replica' : '')}` : '';
}

function subjectOf(assessment: ServiceAssessment): Assessment | undefined {
  return assessment.soonest ?? assessment.fastest ?? growingOf(assessment)[0];
}

/** `Out of memory in 2 h 50 (2 h 20 – 3 h 40), at about 06:00: #7 on hv-03, 396 of 512 MiB (77 %); then all 12 within 80 min`. */
function outOfMemoryLine(assessment: ServiceAssessment, nowMs: number): string | undefined {
  const { soonest, replicas } = assessment;
  const who = (one: Assessment) => [...(replicas.length > 1 ? [replicaName(one.replica, replicas)] : []), usage(one)].join(', ');
  if (!soonest?.limitAtMs) return withoutLimit(assessment);
  const { value } = soonest.limitAtMs;
  if (value <= nowMs) return `At its limit now: ${who(soonest)}`;
  const lead = assessment.verdict === 'leaking' ? 'Out' : 'If it goes on, out';
  return `${lead} of memory in ${until(soonest.limitAtMs, nowMs)}, at about ${slackClock(value, nowMs)}: ${who(soonest)}${othersWithin(assessment, value)}`;
}

/** Only when it is true: every running replica grows, and each of them has a time. */
function othersWithin(assessment: ServiceAssessment, firstMs: number): string {
  const running = assessment.replicas.filter(({ replica }) => replica.running);
  const times = growingOf(assessment).flatMap(({ limitAtMs }) => (limitAtMs ? [limitAtMs.value] : []));
  if (times.length < 2 || times.length !== running.length) return '';
  return `; then all ${times.length} within ${duration(times.reduce((last, at) => Math.max(last, at), firstMs) - firstMs)}`;
}

function withoutLimit(assessment: ServiceAssessment): string | undefined {
  const growing = growingOf(assessment);
  const subject = subjectOf(assessment);
  if (!subject || growing.some((one) => limitOf(one) !== null)) return undefined;
  const used = usedOf(subject.latest);
  return `No limit is set: only the host's memory ends this${used === undefined ? '' : `; ${bytes(used)} in use`}`;
}

/** Replicas whose rates are nearer than this are alike. A choice. */
const ALIKE = 0.05;

/** `Fastest: #7 on hv-03 +44 MiB/h (35–53) · slowest: #2 on hv-11 +38 MiB/h (30–47)`. */
function spreadLine({ fastest, slowest, replicas }: ServiceAssessment): string | undefined {
  if (!fastest?.growthBytesPerHour || !slowest?.growthBytesPerHour || fastest.replica.key === slowest.replica.key)
    return undefined;
  if (slowest.growthBytesPerHour.value > (1 - ALIKE) * fastest.growthBytesPerHour.value) return undefined;
  const one = (word: string, { replica, growthBytesPerHour }: Assessment) =>
    growthBytesPerHour ? [`${word}: ${replicaName(replica, replicas)} ${rate(growthBytesPerHour)}`] : [];
  return [...one('Fastest', fastest), ...one('slowest', slowest)].join(' · ');
}

/** What it is not, as far as that was measured. */
function notLine(assessment: ServiceAssessment, nowMs: number): string | undefined {
  const subject = subjectOf(assessment);
  if (!subject) return undefined;
  const { anon, file: cache } = subject.deltas;
  const upMs = nowMs - subject.replica.run.startedAtMs;
  const not = [
    ...(cache !== undefined && anon !== undefined && Math.abs(cache) < anon / 4 ? [`not page cache (${cacheWords(cache)})`] : []),
    ...(subject.replica.run.startedAtMs > 0 && upMs > WARM_MS ? [`not warm-up (up ${duration(upMs)})`] : []),
  ];
  const apart =
    cache !== undefined && anon !== undefined && cache >= anon / 4
      ? `page cache ${change(cache)} is reclaimable, not counted`
      : '';
  const words = [...not, apart].filter(Boolean).join(', ');
  return words ? `${words.charAt(0).toUpperCase()}${words.slice(1)}` : undefined;
}

function cacheWords(cache: number): string {
  return change(cache) === '0' ? 'flat' : change(cache);
}
