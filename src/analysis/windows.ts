import { type Columns, rowAt, rows } from './columns.js';
import { contextAt } from './context.js';
import { BUCKETS, bucketed, FLOOR, type Track } from './floor.js';
import { type Growth, growthOf } from './growth.js';
import { EBB, isBeyond, type Normal } from './history.js';
import type { Joined } from './joined.js';
import { quantileOf } from './quantile.js';
import { slopeOf } from './slope.js';
import { trackOf } from './tracks.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Each window is this part of the one before: 14 days, 2⅓ days, 9 hours, 1½ hours. A choice. */
const ZOOM = 6;
const SHORTEST_MS = 1.5 * HOUR_MS;
const LEAST_ROWS = 40;
/** So long samples are kept as they came. */
const FINE_MS = 2 * HOUR_MS;
/** What leaks for no longer than this does not pause for an hour. A choice. */
const UNPAUSED_MS = 6 * HOUR_MS;
/** And so long it has to have stood still. A choice. */
const STILL_MS = 20 * 60_000;
/** So many samples say whether it stands still, and by so many errors of a slope it does. Choices. */
const LEAST_FINE = 12;
const SURELY = 3;
/** What is found by looking closer has had more chances to be there by chance. A choice. */
const CLOSER = 2;

type Part = 'anon' | 'kernel' | 'shmem';
export type Past = {
  readonly columns: Columns;
  readonly normalBefore: (beforeMs: number, widthMs: number) => Normal | null;
  /** Growth of the present life, by what all lives know of the day. */
  readonly joined: () => Joined | null;
  /** How much better growth that goes on explains all lives than a rise that has ended. */
  readonly goesOn: (part: Part | 'file') => number | null;
};

/**
 * The growth of a part in the window that shows it: the whole life, where a slow leak is plain; else closer and closer to now,
 * where one that has just begun is. What is found close by must be beyond all that was normal before it began.
 *
 *     |----------------- life ------------------|
 *                                 |--- 1/6 -----|
 *                                          | /  |
 *     ____________________________________ /
 *
 * @param columns the present life as it was sampled; `past.columns`: the same at one resolution throughout.
 */
export function growthNow(part: Part, columns: Columns, past: Past, harder: number): Growth | null {
  const whole = growthOf(trackOf(past.columns, part), harder, (t) => contextAt(t, past.columns));
  if (!whole) return null;
  const closer = past.columns === columns ? whole : seenCloser(whole, trackOf(columns, part));
  const checked = part === 'anon' ? beyondNormal(closer, past) : closer;
  if (checked.says === 'leaks') return checked;
  const lastMs = columns.t.at(-1) ?? 0;
  for (let spanMs = (whole.toMs - whole.fromMs) / ZOOM; spanMs >= SHORTEST_MS; spanMs /= ZOOM) {
    // The last hours are there as they were sampled, older ones are not.
    const source = spanMs < FINE_MS ? columns : past.columns;
    const close = rows(source, rowAt(source, lastMs - spanMs), source.t.length);
    if (close.t.length < LEAST_ROWS) break;
    if (!isHigh(trackOf(close, part), whole)) continue;
    const found = growthOf(trackOf(close, part), CLOSER * harder, (t) => contextAt(t, close));
    const normal = found ? past.normalBefore(found.sinceMs, widthOf(found)) : null;
    if (found?.says === 'leaks' && normal && isBeyond(highOf(found), null, normal)) return found;
  }
  const joined = part === 'anon' ? past.joined() : null;
  return joined ? { ...checked, ...joined, says: 'leaks', grows: joined.perHour.low > 0 } : checked;
}

/**
 * What began some hours ago, by the samples of the last two, which are there as they came. At five minutes apart the top of a step
 * is a few points, and a steep line goes through them as well as a step does; a sample a minute says that it stands still. What has
 * leaked for longer than that may pause.
 *
 *                 ____                   . . .
 *                |         seen from    /
 *     ___________|         afar    . . .
 */
function seenCloser(growth: Growth, { t, bytes }: Track): Growth {
  const lastMs = t.at(-1) ?? 0;
  const lastedMs = lastMs - growth.sinceMs;
  // The jump itself may lie behind the bend; what leaks does so afterwards too.
  const from = t.findIndex((at) => at >= Math.max(growth.sinceMs, lastMs - Math.max(STILL_MS, Math.min(lastedMs, FINE_MS) / 4)));
  const isFine = lastedMs <= UNPAUSED_MS && from >= 0 && t.length - from >= LEAST_FINE;
  if (!isFine || !(growth.grows || growth.begun || growth.says !== 'calm')) return growth;
  const slope = slopeOf(bucketed({ t: t.subarray(from), bytes: bytes.subarray(from) }, BUCKETS / 2, FLOOR));
  const most = slope ? slope.perHour + SURELY * slope.error : Number.POSITIVE_INFINITY;
  if (!slope || most > growth.perHour.value / 3) return growth;
  const perHour = { value: slope.perHour, low: 2 * slope.perHour - most, high: most };
  return { ...growth, says: 'calm', begun: false, grows: false, perHour };
}

/** Where it does not even end above all of the floor before, nothing that began close by can be beyond what was normal: not worth a contest. */
function isHigh({ t, bytes }: Track, { floor }: Growth): boolean {
  const end = quantileOf(bytes.slice(-Math.ceil(bytes.length / 10)), 0.2);
  const fromMs = t[0] ?? 0;
  return floor.bytes.every((level, i) => (floor.t[i] ?? 0) >= fromMs || level <= end);
}

/** Growth within what was normal already is not sure, however steady. */
function beyondNormal(growth: Growth, past: Past): Growth {
  if (growth.says !== 'leaks') return growth;
  const normal = past.normalBefore(growth.sinceMs, widthOf(growth));
  return normal && !isBeyond(highOf(growth), ebbOf(growth), normal) ? { ...growth, says: 'may leak' } : growth;
}

/** How long a time each point of its floor is of. */
function widthOf({ fromMs, toMs, floor }: Growth): number {
  return (toMs - fromMs) / Math.max(1, floor.t.length - 1);
}

/** The highest that its floor has been in the last day of its growth: of what has a tide, the tide. */
function highOf({ floor, sinceMs, toMs }: Growth): number {
  const fromMs = Math.max(sinceMs, toMs - DAY_MS);
  const recent = floor.bytes.filter((_, i) => (floor.t[i] ?? 0) >= fromMs);
  return quantileOf(recent.length > 0 ? recent : floor.bytes.slice(-1), 0.9);
}

/** The ebb of its last day; null while it has not lasted for longer than a day. */
function ebbOf({ floor, sinceMs, toMs }: Growth): number | null {
  if (toMs - sinceMs < 1.25 * DAY_MS) return null;
  return quantileOf(
    floor.bytes.filter((_, i) => (floor.t[i] ?? 0) >= toMs - DAY_MS),
    EBB,
  );
}
