import { bucketed, type Track } from './floor.js';
import type { Life } from './lives.js';
import { quantileOf } from './quantile.js';
import { trackOf } from './tracks.js';

const HOUR_MS = 3_600_000;
/** What a service did for half a day is worth comparing with; a day has its tide. A choice. */
const ENOUGH_MS = 12 * HOUR_MS;
/** How much of the usual up and down a new high has to be above the old one. A choice. */
const CLEARLY = 0.1;

/** What was normal before. */
export type Normal = { readonly highBytes: number; readonly rangeBytes: number; readonly spanMs: number };
/** Floors as short as roll-ups, and as long as an hour. */
const [SHORTEST_MS, LONGEST_MS] = [5 * 60_000, HOUR_MS];
/** Nearly the highest: what came once in two weeks is not normal, a batch each night is. */
const HIGH = 0.98;

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
  const [low, high] = [quantileOf(all, 0.05), quantileOf(all, HIGH)];
  return { highBytes: high, rangeBytes: high - low, spanMs };
}

export function isBeyond(levelBytes: number, { highBytes, rangeBytes }: Normal): boolean {
  return levelBytes > highBytes + CLEARLY * rangeBytes;
}

function floorsOf(track: Track, beforeMs: number, widthMs: number): number[] {
  const to = track.t.findIndex((t) => t >= beforeMs);
  const part = to < 0 ? track : { t: track.t.subarray(0, to), bytes: track.bytes.subarray(0, to) };
  const count = Math.floor(((part.t.at(-1) ?? 0) - (part.t[0] ?? 0)) / widthMs);
  return count < 1 ? [] : Array.from(bucketed(part, count, 0.2, 1).bytes);
}
