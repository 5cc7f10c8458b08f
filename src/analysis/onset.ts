import type { Event } from '../model/assessment.js';
import type { Contest } from './contest.js';
import { trendOf } from './contest.js';
import { FROM_START_MS } from './lives.js';

const MINUTE = 60_000;
/**
 * What began so long before the onset is near it: what leaks needs a while to be seen. Of a long look the longer share counts, since
 * a bend is found to a forty-eighth of it only; by that much a start may also seem to come after the onset. Choices.
 */
const BEFORE_MS = 30 * MINUTE;
const BEFORE_SHARE = 1 / 24;
const AFTER_MS = 3 * MINUTE;
const AFTER_SHARE = 1 / 48;
/** Before the bend it grew by less than this share of what it does now: then it began there. A choice. */
const SLOWER = 0.5;

/** So much later than the life may what is judged begin and still be the whole life: start-up is left out. A choice. */
const START_UP_SHARE = 1 / 8;

/** Of a growth: how far it was looked back, and the shapes that were held against it. */
export type Seen = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly contest: Pick<Contest, 'leaking' | 'centre' | 'basis'>;
};

/**
 * Where growth begins in what was seen (Unix ms), by the leaking shape: its bend, unless it grew before that too. `fromMs`: it was
 * there from the first point on.
 *
 *             /             __--            /
 *       _____/           _--             __/         a little before, and twice as fast now: at the bend
 *            ^          ^ from the first point on
 */
export function beginsMs({ fromMs, toMs, contest }: Seen): number {
  const { candidate } = contest.leaking;
  const x = candidate.onset ?? (growsBefore(contest, candidate.since) ? 0 : candidate.since);
  return fromMs + x * (toMs - fromMs);
}

function growsBefore({ leaking, centre, basis }: Seen['contest'], since: number): boolean {
  const trend = trendOf(leaking, centre);
  const at = basis.x.findIndex((x) => x >= since);
  if (at <= 0 || at >= trend.length - 1) return true;
  const [first, bend, last] = [trend[0] ?? 0, trend[at] ?? 0, trend.at(-1) ?? 0];
  const x = basis.x[at] ?? 0;
  return (bend - first) / x > (SLOWER * (last - bend)) / (1 - x);
}

/**
 * When growth began, Unix ms: at its bend; where it is as old as a life that was seen from its start, at that start. Undefined when it
 * is older than what was seen. Growth through the whole of a close window began with that, as near as can be told: longer ago
 * it would have been found in a wider one.
 *
 *     ______________ ⌈    /⌉
 *                    ⌊ /   ⌋ close window
 *
 * @param lifeMs when the present life began, undefined when that was not seen. @param seenMs its first sample.
 */
export function onsetOf(seen: Seen, lifeMs: number | undefined, seenMs: number): number | undefined {
  const atMs = beginsMs(seen);
  if (atMs > seen.fromMs) return atMs;
  const wholeLife = seen.fromMs - seenMs <= START_UP_SHARE * (seen.toMs - seen.fromMs);
  if (!wholeLife) return seen.fromMs;
  const fromStart = lifeMs !== undefined && lifeMs <= seenMs && seenMs - lifeMs <= FROM_START_MS;
  return fromStart ? lifeMs : undefined;
}

/** The start nearest to the onset, if there is one near: shortly before it, or after it by no more than it may be wrong. */
export function nearest(onsetMs: number, starts: readonly Event[], windowMs: number): Event | undefined {
  const before = Math.max(BEFORE_MS, BEFORE_SHARE * windowMs);
  const after = Math.max(AFTER_MS, AFTER_SHARE * windowMs);
  return starts
    .filter(({ atMs }) => atMs >= onsetMs - before && atMs <= onsetMs + after)
    .reduce<Event | undefined>(
      (best, one) => (best && distance(best, onsetMs) <= distance(one, onsetMs) ? best : one),
      undefined,
    );
}

function distance({ atMs }: Event, onsetMs: number): number {
  return Math.abs(atMs - onsetMs);
}
