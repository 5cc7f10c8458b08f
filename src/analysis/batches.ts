import type { Track } from './floor.js';
import { usualStep } from './steps.js';

/** A peak of at most so many points, and higher than so many usual steps above both its sides. Choices. */
const WIDEST = 3;
const HIGH = 6;

/**
 * A floor without the batches that stand on it: what takes memory for an hour and gives it back is in every sample of that hour, so
 * that no quantile is below it, and to a line it is as wrong as a leak is right. A peak is brought down to the higher of its sides.
 *
 *          _                               .·
 *         | |   ..·'        →        ..··'
 *     ..··'  ·''                 ..··
 *
 * The last points stay: what is high now may be a jump.
 */
export function withoutBatches({ t, bytes }: Track): Track {
  const least = HIGH * usualStep(bytes);
  const lowered = bytes.slice();
  for (let width = 1; width <= WIDEST; width += 1) {
    for (let from = 1; from + width < lowered.length; from += 1) {
      const side = Math.max(lowered[from - 1] ?? 0, lowered[from + width] ?? 0);
      if (isAbove(lowered, from, width, side + least)) lowered.fill(side, from, from + width);
    }
  }
  return { t, bytes: lowered };
}

/** All so many from there on. A loop: it is asked of every place and every width. */
function isAbove(bytes: Float64Array, from: number, width: number, level: number): boolean {
  for (let i = from; i < from + width; i += 1) if (!((bytes[i] ?? 0) > level)) return false;
  return true;
}
