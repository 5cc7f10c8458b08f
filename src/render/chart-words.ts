import type { Assessment, Part, ServiceAssessment } from '../model/assessment.js';
import { isBytes, type Sample, usedOf } from '../model/sample.js';
import { type Ending, endingTitle, endingWords } from './chart-ending.js';
import { MAX_ALT_TEXT } from './limits.js';
import { limitOf } from './memory.js';
import { shortNearWords } from './onset.js';
import { clip, visible } from './text.js';
import { clockOrDate, date, duration, until } from './times.js';
import { bytes, bytesOf, calmRate, count, rate, signedRate } from './units.js';

const DAY_MS = 86_400_000;
/** Letters of the title that fit beside each other at the width of the picture, measured. */
const MAX_TITLE = 54;

/** A title too long for one line has its name on a line of its own. */
export function titleLines(title: string): string[] {
  const at = title.lastIndexOf(': ');
  return title.length <= MAX_TITLE || at < 0 ? [title] : [title.slice(0, at + 1), title.slice(at + 2)];
}

/** `api-svc #1: anon +720 MiB/h, limit 256 MiB`: what the person should see. */
export function titleOf(assessment: ServiceAssessment, subject: Assessment, part: Part, ending?: Ending): string {
  if (ending) return `${nameOf(assessment, subject, 40)}: ${endingTitle(ending, subject)}`;
  const limit = limitOf(subject);
  const growth = growthWords(assessment, subject, part);
  return `${nameOf(assessment, subject, 40)}: ${growth}, ${limit === null ? 'no limit set' : `limit ${bytes(limit)}`}`;
}

function nameOf(assessment: ServiceAssessment, { replica }: Assessment, max: number): string {
  const number = assessment.replicas.length > 1 ? ` #${replica.number}` : '';
  return `${clip(visible(assessment.service.name), max)}${number}`;
}

function growthWords({ verdict }: ServiceAssessment, { growthBytesPerHour: growth }: Assessment, part: Part): string {
  if (verdict === 'unknown' || !growth) return `${part}, can't tell yet`;
  if (verdict !== 'stable' && growth.value > 0) return `${part} ${signedRate(growth.value)}`;
  // A range in brackets has no room for one of its own.
  const words = growth.low > 0 || growth.high < 0 ? signedRate(growth.value) : calmRate(growth);
  return `${part} ${verdict === 'stable' ? 'stable' : 'may grow'} (${words})`;
}

/** When growth began, and what came then. */
export type Beginning = Pick<Assessment, 'onsetMs' | 'onsetNear'>;

/** `growing since 21:40 UTC, 6 min after v1.42.1`: short enough for a line of the picture. */
function sinceWords({ onsetMs, onsetNear }: Beginning, nowMs: number): string {
  if (onsetMs === undefined) return '';
  return `growing since ${clockOrDate(onsetMs, nowMs)}${onsetNear ? `, ${shortNearWords(onsetMs, onsetNear)}` : ''}`;
}

type Drawn = {
  readonly nowMs: number;
  readonly limitDrawn: boolean;
  readonly cacheDrawn: boolean;
  readonly ending: Ending | undefined;
  /** The title is of so many replicas, the curve of one. */
  readonly drawnOf: number;
};

/** What the picture cannot show: when memory ends, since when it grows, and what is too far away to be drawn. */
export function notesOf(
  subject: Assessment,
  beginning: Beginning,
  { nowMs, limitDrawn, cacheDrawn, ending, drawnOf }: Drawn,
): string[] {
  const limit = limitOf(subject);
  const file = subject.latest?.file;
  const left = [
    ...(limit !== null && !limitDrawn ? ['limit is far above: not drawn'] : []),
    ...(file !== undefined && file > 0 && !cacheDrawn ? [`page cache ${bytes(file)}: not drawn`] : []),
  ];
  const told = ending
    ? [endingWords(ending, nowMs)]
    : [endWords(subject, nowMs) || cycleWords(subject), sinceWords(beginning, nowMs)];
  const whose = drawnOf > 1 ? `drawn: #${subject.replica.number}; the title tells the middle of ${drawnOf} replicas` : '';
  return [whose, ...told, left.join(' · ')].filter(Boolean);
}

/** `out of memory about 14:08 UTC, in 8 min (±1 min)`: a picture is looked at later, too. Empty where it is not known, and of what is stable: nothing ends it. */
function endWords({ limitAtMs, verdict }: Assessment, nowMs: number): string {
  if (!limitAtMs || verdict === 'stable') return '';
  const { value } = limitAtMs;
  if (value <= nowMs) return 'at its limit';
  const about = value - nowMs > 2 * DAY_MS ? date(value) : clockOrDate(value, nowMs);
  return `${verdict === 'leaking' ? '' : 'if it goes on, '}out of memory about ${about}, in ${until(limitAtMs, nowMs)}`;
}

/** `5 lives climb alike, each about 4 h 07`: all that is known of the end where there is no limit. */
function cycleWords({ cycle }: Assessment): string {
  return cycle ? `${count(cycle.lives, 'life', 'lives')} climb alike, each about ${duration(cycle.usualLifeMs)}` : '';
}

const FULL_NAMES: Record<Part, string> = {
  anon: 'anonymous memory',
  shmem: 'shared memory',
  kernel: 'kernel memory',
  file: 'page cache',
};

/** For who cannot see it: the verdict, from where to where, how fast, since when, the limit. */
export function altText(
  { assessment, subject, part, beginning, ending }: Told,
  samples: readonly Sample[],
  nowMs: number,
): string {
  const { growthBytesPerHour: growth } = subject;
  const measured = samples.filter((sample) => isBytes(sample[part]));
  const [first, last] = [measured[0], measured.at(-1)];
  const limit = limitOf(subject);
  const used = usedOf(samples.at(-1));
  const replicas = assessment.replicas.length;
  const verdict = ending ? endingTitle(ending, subject) : assessment.verdict;
  const sentences = [
    `${nameOf(assessment, subject, 60)}${replicas > 1 ? ` (one of ${replicas} replicas)` : ''}: ${verdict}`,
    first && last
      ? `${FULL_NAMES[part]} ${bytes(first[part] ?? 0)} to ${bytes(last[part] ?? 0)} from ${clockOrDate(first.t, last.t)} to ${clockOrDate(last.t, first.t)}`
      : '',
    growth && !ending ? (growth.value > 0 && assessment.verdict !== 'stable' ? rate(growth) : calmRate(growth)) : '',
    ending ? endingWords(ending, nowMs) : sinceWords(beginning, nowMs),
    limit === null ? 'no limit set' : used === undefined ? `limit ${bytes(limit)}` : `${bytesOf(used, limit)} in use`,
    ending ? '' : endWords(subject, nowMs),
  ];
  return clip(`Chart. ${sentences.filter(Boolean).join('; ')}.`, MAX_ALT_TEXT);
}

type Told = {
  readonly assessment: ServiceAssessment;
  readonly subject: Assessment;
  readonly part: Part;
  readonly beginning: Beginning;
  readonly ending: Ending | undefined;
};
