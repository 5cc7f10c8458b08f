import type { Since, TakenHeap } from '../model/heap-taking.js';

const DAY_MS = 24 * 3_600_000;
/** Enough for a rate with a range; each is decoded. */
const MOST_HEAPS = 8;
/** All of them are in memory while they are decoded. */
const MOST_BYTES = 64 * 2 ** 20;

/** One life of one process. Of another, levels can be compared, and rates cannot. */
export function isSameProcess(a: TakenHeap, b: TakenHeap): boolean {
  return a.replica === b.replica && a.containerId === b.containerId && a.startedAtMs === b.startedAtMs;
}

/**
 * What a heap is compared with: earlier heaps, oldest first, the first of them being the baseline. Of the same process when there are
 * any; else one of another, the nearest first in kind: the replica's own life before, a sister of the same image, any sister.
 *
 *     usual      the first of this process within a day            last   the one before
 *     deploy     the first of this image                           age    the youngest that is that old, else the first
 *
 *     ├──────── a day ────────┤
 *     ×   ×   ×   ×   ×   ×   ● now        those in between make a rate: eight at most, spread evenly
 */
export function heapsBefore(all: readonly TakenHeap[], now: TakenHeap, since: Since): readonly TakenHeap[] {
  const earlier = all.filter(
    ({ id, profile, runtime, takenAtMs }) =>
      id !== now.id && profile === now.profile && runtime === now.runtime && takenAtMs < now.takenAtMs,
  );
  if (now.sinceMs !== undefined) return [];
  const own = earlier.filter((one) => isSameProcess(one, now));
  // It counts from the start of its process.
  if (own.length === 0 && now.profile === 'allocs') return [];
  if (since.kind === 'deploy') {
    const ofImage = own.length > 0 ? own : earlier.filter((one) => isSameImage(one, now));
    const [first] = ofImage;
    return first ? course(first, own) : nearest(earlier, now);
  }
  if (own.length === 0) return nearest(earlier, now);
  if (since.kind === 'last') return own.slice(-1);
  const oldest = now.takenAtMs - (since.kind === 'age' ? since.ms : DAY_MS);
  const base = since.kind === 'age' ? own.findLast((one) => one.takenAtMs <= oldest) : own.find((one) => one.takenAtMs >= oldest);
  const first = base ?? (since.kind === 'age' ? own[0] : own.at(-1));
  return first ? course(first, own) : [];
}

function nearest(earlier: readonly TakenHeap[], now: TakenHeap): readonly TakenHeap[] {
  const found =
    earlier.findLast(({ replica }) => replica === now.replica) ??
    earlier.findLast((one) => isSameImage(one, now)) ??
    earlier.at(-1);
  return found ? [found] : [];
}

function isSameImage(a: TakenHeap, b: TakenHeap): boolean {
  return a.imageId && b.imageId ? a.imageId === b.imageId : a.image === b.image;
}

/** From the baseline on, with those of the same process after it, as many as there is room for. */
function course(first: TakenHeap, own: readonly TakenHeap[]): TakenHeap[] {
  const rest = own.filter(({ takenAtMs }) => takenAtMs > first.takenAtMs);
  const largest = Math.max(1, ...[first, ...rest].map(({ bytes }) => bytes));
  const room = Math.max(0, Math.floor(MOST_BYTES / largest) - 2);
  const count = Math.min(MOST_HEAPS - 1, room, rest.length);
  const middles = Array.from({ length: count }, (_, i) => rest[Math.floor(((i + 0.5) * rest.length) / count)]);
  return [first, ...middles.flatMap((one) => one ?? [])];
}
