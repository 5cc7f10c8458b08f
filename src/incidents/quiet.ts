import { usedOf } from '../model/sample.js';
import type { Quiet, View, WatchState } from '../model/watch.js';
import type { Policy } from './policy.js';

/**
 * *Not a leak*, as a person says it: nothing is said any more of this service until it passes the ceiling (bytes of one replica)
 * or the rate (bytes per hour; null: at any rate). An incident that is open is over by that.
 */
export function notALeak(state: WatchState, view: View, ceilingBytes: number, bytesPerHour: number | null): WatchState {
  const { incident: _, ...rest } = state;
  return { ...rest, quiet: { ceilingBytes, bytesPerHour, images: imagesOf(view), newImages: [] } };
}

/** It is one after all: whatever it does is said again. */
export function aloud({ quiet: _, ...rest }: WatchState): WatchState {
  return rest;
}

/** The same with the images that are new; undefined when there were enough of them, or when it was passed. */
export function quietNow(quiet: Quiet | undefined, view: View, policy: Policy): Quiet | undefined {
  if (!quiet || !isQuiet(quiet, view)) return undefined;
  const fresh = imagesOf(view).filter((image) => !quiet.images.includes(image) && !quiet.newImages.includes(image));
  if (fresh.length === 0) return quiet;
  const newImages = [...quiet.newImages, ...fresh];
  return newImages.length >= policy.newImages ? undefined : { ...quiet, newImages };
}

/** By all that counts against a limit: what fills a tmpfs is out of memory, too. */
export function isQuiet({ ceilingBytes, bytesPerHour }: Quiet, { replicas, growthBytesPerHour }: View): boolean {
  const highest = replicas.reduce((most, { latest }) => Math.max(most, usedOf(latest) ?? 0), 0);
  return highest <= ceilingBytes && (bytesPerHour === null || (growthBytesPerHour?.value ?? 0) <= bytesPerHour);
}

/** The images that its replicas run; what is not known is left out. */
export function imagesOf({ replicas }: Pick<View, 'replicas'>): string[] {
  return [...new Set(replicas.map(({ replica: { run } }) => run.imageId ?? run.image).filter((image) => image !== ''))];
}
