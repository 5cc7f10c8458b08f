import { personError } from '../errors.js';
import { spanMs } from './parse.js';

const DAY_MS = 24 * 3_600_000;
/** Longer than that is a decision about the service, not a pause. A choice. */
const MAX_SNOOZE_MS = 14 * DAY_MS;

/** Whether a word is one that `snoozeUntil` reads: people put it before the service or behind it. */
export function isSnoozeTime(word: string): boolean {
  return word.toLowerCase() === 'faster' || spanMs(word) !== null;
}

/** Until when, Unix ms, by `1h`, `4h`, `2d`; null for `faster`. Throws a person's error for anything else. */
export function snoozeUntil(word: string | undefined, nowMs: number): number | null {
  if (word?.toLowerCase() === 'faster') return null;
  const span = word === undefined ? null : spanMs(word);
  if (span === null || span === 0) throw personError('For how long? `1h`, `4h`, `2d`, or `faster` (until it grows faster).');
  if (span > MAX_SNOOZE_MS) throw personError('At most `14d`. For longer: *Not a leak*, or `/leak unwatch &lt;service&gt;`.');
  return nowMs + span;
}
