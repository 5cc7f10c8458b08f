import type { Assessment } from '../model/assessment.js';
import { courseOf } from './contest.js';
import { heightOf, type Track, toothMs } from './floor.js';
import type { Growth } from './growth.js';
import { medianOf } from './quantile.js';
import { spanWords } from './words.js';

const MIB = 2 ** 20;
/** Page cache worth a word. */
const CACHE_BYTES = 16 * MIB;
/** What moves by less than this share of its level stays where it is: so much must be gained to be called growth, too. */
const WORTH_A_WORD = 0.02;
/** A tooth is so many samples long, or it is noise. A choice. */
const TOOTH_SAMPLES = 8;

export type Calm = {
  readonly growth: Growth;
  /** What was judged, every sample of it: the floor has no teeth. */
  readonly track: Track;
  readonly deltas: Assessment['deltas'];
  /** What a shape of load was held against. */
  readonly loadOf?: 'net' | 'cpu' | undefined;
};

/**
 * Why memory that does not leak is as it is, by the harmless shape that explains it best: which, and one sentence of what was seen.
 *
 *     ______   ___|‾‾‾   /‾‾‾‾‾   .-._.-.   /|/|/|/|
 *     flat     plateau   plateau  load      sawtooth
 */
export function whyCalm({ growth, track, deltas, loadOf }: Calm): Pick<Assessment, 'reason' | 'explanation'> {
  const cache = deltas.file ?? 0;
  if (cache >= CACHE_BYTES && cache > 2 * Math.abs(deltas.anon ?? 0)) {
    return { reason: 'cache', explanation: 'Only page cache grows, and the kernel takes that back when it needs it.' };
  }
  const { harmless, centre } = growth.contest;
  const course = courseOf(harmless, centre);
  const least = WORTH_A_WORD * Math.max(1, centre);
  const range =
    course.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - course.reduce((a, b) => Math.min(a, b), Infinity);
  if (!(range >= least)) return sawtooth(track, least) ?? { reason: 'flat', explanation: 'Memory stays where it is.' };
  const { shape, candidate } = harmless;
  if (shape.name === 'load') {
    const explanation =
      loadOf === 'cpu' ? 'Memory goes up and down with the CPU.' : 'Memory goes up and down with network traffic.';
    return { reason: 'load', explanation };
  }
  if (shape.name === 'wave') {
    // Of the waves, only the one of a day was not searched for.
    const explanation =
      candidate.searched === 0
        ? 'Memory follows the time of day and comes back down each day.'
        : 'Memory rises and comes back down, as it does with load.';
    return { reason: 'load', explanation };
  }
  return { reason: 'plateau', explanation: levelWords(shape.name, (course.at(-1) ?? 0) - (course[0] ?? 0)) };
}

function levelWords(shape: string, rise: number): string {
  if (rise < 0) return 'Memory has come down to a level and stays there.';
  return shape === 'step' ? 'Memory moved to another level and stays there.' : 'Memory has filled to a level and stays there.';
}

/** Teeth that are worth a word and are none of noise. */
function sawtooth(track: Track, leastBytes: number): Pick<Assessment, 'reason' | 'explanation'> | null {
  const { t, bytes } = track;
  const tooth = heightOf(bytes) >= leastBytes ? toothMs(track) : null;
  if (tooth === null || tooth < TOOTH_SAMPLES * usualDistance(t)) return null;
  return {
    reason: 'sawtooth',
    explanation: `Memory rises and comes back down to the same floor, about every ${spanWords(tooth)}.`,
  };
}

/** So many of them tell the usual one as well as all do. */
const ENOUGH = 500;

function usualDistance(t: Float64Array): number {
  const every = Math.max(1, Math.floor((t.length - 1) / ENOUGH));
  const some = new Float64Array(Math.floor((t.length - 1) / every));
  for (let i = 0; i < some.length; i += 1) some[i] = (t[i * every + 1] ?? 0) - (t[i * every] ?? 0);
  return medianOf(some);
}
