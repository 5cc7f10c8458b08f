import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import type { Sample } from '../model/sample.js';
import { MAX_ALT_TEXT } from './limits.js';
import { limitOf, usedOf } from './memory.js';
import { clip, visible } from './text.js';
import { clockOrDate, until } from './times.js';
import { bytes, bytesOf, calmRate, plainRate, rate } from './units.js';

/** `api-svc #1: anon +720 MiB/h, limit 256 MiB`: what the person should see. */
export function titleOf(assessment: ServiceAssessment, subject: Assessment): string {
  const limit = limitOf(subject);
  return `${nameOf(assessment, subject, 22)}: ${growthWords(assessment, subject)}, ${limit === null ? 'no limit set' : `limit ${bytes(limit)}`}`;
}

function nameOf(assessment: ServiceAssessment, { replica }: Assessment, max: number): string {
  const number = assessment.replicas.length > 1 ? ` #${replica.number}` : '';
  return `${clip(visible(assessment.service.name), max)}${number}`;
}

function growthWords({ verdict }: ServiceAssessment, { growthBytesPerHour: growth, deltas }: Assessment): string {
  if (verdict === 'unknown' || !growth) return "anon, can't tell yet";
  if (verdict === 'stable') return `anon stable (${calmRate(growth)})`;
  return `${leakingPart(deltas)} ${growth.value < 0 ? '' : '+'}${plainRate(growth.value)}`;
}

/** The part whose growth the rate most likely is. */
function leakingPart({ anon = 0, shmem = 0, kernel = 0 }: Assessment['deltas']): string {
  if (anon >= shmem && anon >= kernel) return 'anon';
  return shmem >= kernel ? 'shmem' : 'kernel';
}

/** What the picture cannot show: when memory ends, and what is too far away to be drawn. */
export function notesOf(
  subject: Assessment,
  { nowMs, limitDrawn, cacheDrawn }: { readonly nowMs: number; readonly limitDrawn: boolean; readonly cacheDrawn: boolean },
): string[] {
  const limit = limitOf(subject);
  const file = subject.latest?.file;
  const words = [
    ...(subject.limitAtMs ? [endWords(subject.limitAtMs, nowMs)] : []),
    ...(limit !== null && !limitDrawn ? ['limit is far above: not drawn'] : []),
    ...(file !== undefined && file > 0 && !cacheDrawn ? [`page cache ${bytes(file)}: not drawn`] : []),
  ];
  return words.length > 0 ? [words.join(' · ')] : [];
}

function endWords(limitAtMs: NonNullable<Assessment['limitAtMs']>, nowMs: number): string {
  return limitAtMs.value <= nowMs ? 'at its limit' : `out of memory in ${until(limitAtMs, nowMs)}`;
}

/** For who cannot see it: the verdict, from where to where, how fast, the limit. */
export function altText(assessment: ServiceAssessment, subject: Assessment, samples: readonly Sample[], nowMs: number): string {
  const { growthBytesPerHour: growth, limitAtMs } = subject;
  const [first, last] = [samples[0], samples.at(-1)];
  const limit = limitOf(subject);
  const used = usedOf(last);
  const replicas = assessment.replicas.length;
  const sentences = [
    `${nameOf(assessment, subject, 60)}${replicas > 1 ? ` (one of ${replicas} replicas)` : ''}: ${assessment.verdict}`,
    first && last
      ? `anonymous memory ${bytes(first.anon ?? 0)} to ${bytes(last.anon ?? 0)} from ${clockOrDate(first.t, last.t)} to ${clockOrDate(last.t, first.t)}`
      : '',
    growth ? (assessment.verdict === 'stable' ? calmRate(growth) : rate(growth)) : '',
    limit === null ? 'no limit set' : used === undefined ? `limit ${bytes(limit)}` : `${bytesOf(used, limit)} in use`,
    limitAtMs ? endWords(limitAtMs, nowMs) : '',
  ];
  return clip(`Chart. ${sentences.filter(Boolean).join('; ')}.`, MAX_ALT_TEXT);
}
