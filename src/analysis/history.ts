import { bucketed, type Track } from './floor.js';
import type { Life } from './lives.js';
import { quantileOf } from './quantile.js';
import { trackOf } from './tracks.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What a service did for half a day is worth comparing with; a day has its tide. A choice. */
const ENOUGH_MS = 12 * HOUR_MS;
/** How much of the usual up and down a new high has to be above the old one; of minutes more, no two batches are alike. Choices. */
const CLEARLY = { hours: 0.1, minutes: 0.2 };

/** What was normal before. */
export type Normal = {
  readonly highBytes: number;
  /** By how much it has to be above that. */
  readonly clearlyBytes: number;
  /** The highest that the ebb of a day was; null before a day was seen. */
  readonly ebbBytes: number | null;
};
/** Floors as short as roll-ups, and as long as an hour. */
const [SHORTEST_MS, LONGEST_MS] = [5 * 60_000, HOUR_MS];
/**
 * By the hour nearly the highest: what came once in two weeks is not normal. By the minutes the highest: growth of an hour is
 * compared with all that a batch of an hour has ever done.
 */
const HIGH = { hours: 0.98, minutes: 1 };
const MINUTES_MS = 20 * 60_000;

/**
 * How high the floor was before `beforeMs`, over all lives but those that climbed themselves: a leak is what goes beyond what was
 * there already, day and night, before deploys and after.
 *
 *     high ─ ─.-.─ ─ ─ ─.-.─ ─ ─ ─ ─ ─/
 *           .'   '.   .'   '.       /
 *                  '-'       '-.__/
 *                                ↑ before
 * Null when there is less than half a day of it. `widthMs`: how long a time each floor is of, as in the growth that is compared.
 */
export function normalBefore(
  beforeMs: number,
  widthMs: number,
  lives: readonly Life[],
  climbing: ReadonlySet<Life>,
): Normal | null {
  const width = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, widthMs));
  const calm = lives.filter((life) => !climbing.has(life));
  const floors = calm.flatMap((life) => floorsOf(trackOf(life.columns, 'anon'), beforeMs, width));
  const spanMs = floors.length * width;
  if (spanMs < ENOUGH_MS) return null;
  const all = Float64Array.from(floors);
  const by = width < MINUTES_MS ? 'minutes' : 'hours';
  const [low, high] = [quantileOf(all, 0.05), quantileOf(all, HIGH[by])];
  return { highBytes: high, clearlyBytes: CLEARLY[by] * (high - low), ebbBytes: highestEbb(floors, Math.round(DAY_MS / width)) };
}

/** Above the flood of all days before, or not even at ebb as low as at any ebb before: weekends have a lower flood, not a lower ebb. */
export function isBeyond(high: number, ebb: number | null, { highBytes, clearlyBytes, ebbBytes }: Normal): boolean {
  return high > highBytes + clearlyBytes || (ebb !== null && ebbBytes !== null && ebb > ebbBytes + 2 * clearlyBytes);
}

/** The low tenth of a day. */
export const EBB = 0.1;

function highestEbb(floors: readonly number[], perDay: number): number | null {
  const ebbs: number[] = [];
  for (let i = 0; i + perDay <= floors.length; i += perDay)
    ebbs.push(quantileOf(Float64Array.from(floors.slice(i, i + perDay)), EBB));
  return ebbs.length === 0 ? null : Math.max(...ebbs);
}

function floorsOf(track: Track, beforeMs: number, widthMs: number): number[] {
  const to = track.t.findIndex((t) => t >= beforeMs);
  const part = to < 0 ? track : { t: track.t.subarray(0, to), bytes: track.bytes.subarray(0, to) };
  const count = Math.floor(((part.t.at(-1) ?? 0) - (part.t[0] ?? 0)) / widthMs);
  return count < 1 ? [] : Array.from(bucketed(part, count, 0.2, 1).bytes);
}
