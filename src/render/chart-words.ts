import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import { type Sample, usedOf } from '../model/sample.js';
import { MAX_ALT_TEXT } from './limits.js';
import { limitOf } from './memory.js';
import { clip, visible } from './text.js';
import { clockOrDate, date, until } from './times.js';
import { bytes, bytesOf, calmRate, plainRate, rate } from './units.js';

const DAY_MS = 86_400_000;
/** Letters of the title that fit beside each other at the width of the picture, measured. */
const MAX_TITLE = 54;

/** A title too long for one line has its name on a line of its own. */
export function titleLines(title: string): string[] {
  const at = title.lastIndexOf(': ');
  return title.length <= MAX_TITLE || at < 0 ? [title] : [title.slice(0, at + 1), title.slice(at + 2)];
}

/** `api-svc #1: anon +720 MiB/h, limit 256 MiB`: what the person should see. */
export function titleOf(assessment: ServiceAssessment, subject: Assessment): string {
  const limit = limitOf(subject);
  return `${nameOf(assessment, subject, 40)}: ${growthWords(assessment, subject)}, ${limit === null ? 'no limit set' : `limit ${bytes(limit)}`}`;
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
  const left = [
    ...(limit !== null && !limitDrawn ? ['limit is far above: not drawn'] : []),
    ...(file !== undefined && file > 0 && !cacheDrawn ? [`page cache ${bytes(file)}: not drawn`] : []),
  ];
  return [...(subject.limitAtMs ? [endWords(subject.limitAtMs, nowMs)] : []), ...(left.length > 0 ? [left.join(' · ')] : [])];
}

/** `out of memory about 14:08 UTC, in 8 min (±1 min)`: a picture is looked at later, too. */
function endWords(limitAtMs: NonNullable<Assessment['limitAtMs']>, nowMs: number): string {
  const { value } = limitAtMs;
  if (value <= nowMs) return 'at its limit';
  const about = value - nowMs > 2 * DAY_MS ? date(value) : clockOrDate(value, nowMs);
  return `out of memory about ${about}, in ${until(limitAtMs, nowMs)}`;
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
