import type { View, WatchState } from '../model/watch.js';
import { urgencyOf } from './level.js';
import { open, type Told } from './step.js';

/**
 * A person wants a leak to be handled that the watch has not said yet: from now on it is open, and followed like any other. As a
 * message: who wants it is awake, and if it is worse than that, the watch says so by itself.
 */
export function openByHand(before: WatchState | null, view: View, nowMs: number): Told {
  return open(before ?? { lookedMs: nowMs, quick: 0, slow: 0 }, 'message', view, urgencyOf(view, nowMs), nowMs);
}
