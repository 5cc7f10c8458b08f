import type { Assessment, Exclusion, Part } from '../model/assessment.js';
import type { Growth } from './growth.js';
import { NAMES } from './words.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A rise of a few minutes or hours is no part of a day's curve that could be told from one; more time tells sooner. A choice. */
const PART_OF_A_DAY_MS = 3 * HOUR_MS;

export type Doubt = {
  readonly growth: Growth;
  readonly part: Part;
  readonly limitBytes: number | null;
  readonly not: readonly Exclusion[];
  /** Traffic or CPU was measured throughout. */
  readonly loadKnown: boolean;
};

/**
 * Why growth is no more than suspicious, and what would tell more.
 *
 *      .-          of a day: a leak, or the rise       .-.   .-·
 *   .-'            of a morning                     .-'   '-'      a wave explains it, too
 */
export function inDoubt({
  growth,
  part,
  limitBytes,
  not,
  loadKnown,
}: Doubt): Pick<Assessment, 'reason' | 'explanation' | 'wouldHelp'> {
  const spanMs = growth.toMs - growth.fromMs;
  const what = NAMES[part];
  const isLoad = ['load', 'wave'].includes(growth.contest.harmless.shape.name);
  const partOfDay = spanMs >= PART_OF_A_DAY_MS && spanMs < DAY_MS;
  if ((isLoad || partOfDay) && !not.some(({ cause }) => cause === 'load')) {
    const explanation = isLoad
      ? `${what} may grow, or follow load: both explain it about as well.`
      : `${what} rises, as it does with a day’s load: a leak explains it about as well.`;
    return { reason: 'load', explanation, wouldHelp: !loadKnown ? 'cpu-and-net' : spanMs < DAY_MS ? 'a-whole-day' : 'time' };
  }
  return {
    reason: 'steady-growth',
    explanation: `${what} may grow: a leak explains it about as well as none.`,
    // After a day, more time is a long time.
    wouldHelp: limitBytes === null && spanMs >= DAY_MS ? 'a-limit' : 'time',
  };
}
