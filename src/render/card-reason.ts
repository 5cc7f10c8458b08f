import type { ServiceAssessment } from '../model/assessment.js';
import { type CardView, judgedOf, subjectOf } from './card-view.js';
import { nearWords } from './onset.js';
import { escapeText } from './text.js';
import { duration, slackClock } from './times.js';

/** Why a growing service is called so: which part, over how many lives, since when. Each gives undefined when there is nothing to say. */

/** Heap is what people look for first; where it is not the heap, that comes first. */
export function partLine(assessment: ServiceAssessment): string | undefined {
  const part = subjectOf(assessment)?.part;
  if (part === 'shmem') return 'What grows is shared memory (tmpfs, `/dev/shm`), not the heap';
  return part === 'kernel' ? 'What grows is kernel memory (sockets, slab), not the heap' : undefined;
}

/**
 * `4 lives climb alike, 3 killed out of memory, each about 2 h`; where something else ends them first, when memory would:
 * `…, each about 7 d, none killed out of memory: runs out 9 d after the last deploy if nothing stops it`.
 *
 *       limit ─────────────────────────────·
 *                                        ·
 *                /|  /|  /|  /        ·        deploys hide the leak: what runs out is the life that lasts
 *              _/ |_/ |_/ |_/     ·
 */
export function cycleLine(assessment: ServiceAssessment): string | undefined {
  const subject = subjectOf(assessment);
  if (!subject?.cycle) return undefined;
  const { lives, oomKilled, endedBy, usualLifeMs } = subject.cycle;
  const [alike, each] = [`${lives.toLocaleString('en')} lives climb alike`, `each about ${duration(usualLifeMs)}`];
  const afterMs = subject.limitAtMs ? subject.limitAtMs.value - subject.replica.run.startedAtMs : 0;
  if (oomKilled > 0) return `${alike}, ${oomKilled.toLocaleString('en')} killed out of memory, ${each}`;
  const end =
    afterMs > 0
      ? `: runs out ${duration(afterMs)} after the last ${endedBy === 'deploys' ? 'deploy' : 'restart'} if nothing stops it`
      : '';
  return `${alike}, ${each}, none killed out of memory${end}`;
}

/** `Since 21:40, 6 min after v1.42.0 → v1.42.1`. */
export function sinceLine({ onsetMs, onsetNear }: ServiceAssessment, { nowMs }: CardView): string | undefined {
  if (onsetMs === undefined) return undefined;
  const at = slackClock(onsetMs, nowMs);
  return onsetNear ? `Since ${at}, ${escapeText(nearWords(onsetMs, onsetNear), 180)}` : `Growing since ${at}`;
}

const DAY_MS = 86_400_000;

/** What would tell more, and by when it could: one sentence. Of what has an answer coming, the time is said by its own line. */
export function helpLine(assessment: ServiceAssessment, { nowMs }: CardView): string | undefined {
  const subject = subjectOf(assessment);
  const one = [...(subject ? [subject] : []), ...judgedOf(assessment)].find(({ wouldHelp }) => wouldHelp !== undefined);
  if (!one) return undefined;
  const { wouldHelp, window, answerByMs, presentSinceMs = window.fromMs } = one;
  const by = (ms: number) => (answerByMs !== undefined || ms <= nowMs ? '' : `, by about ${slackClock(ms, nowMs)}`);
  if (wouldHelp === 'a-whole-day')
    return `A whole day of samples would tell${by(window.fromMs + DAY_MS)}: a daily load rises like this, too`;
  if (wouldHelp === 'cpu-and-net') return 'CPU and network figures would tell load from a leak: there are none for this time';
  if (wouldHelp === 'a-limit') return 'A memory limit would tell how long this may go on';
  return answerByMs === undefined ? `Twice as much time to look at would tell${by(2 * nowMs - presentSinceMs)}` : undefined;
}
