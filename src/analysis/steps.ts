import { quantileOf } from './quantile.js';

/** From the point before to this one, bytes, up or down; NaN at the first. */
export function stepAt(bytes: Float64Array, i: number): number {
  return Math.abs((bytes[i] ?? Number.NaN) - (bytes[i - 1] ?? Number.NaN));
}

/** The middle of all steps from `first` on, bytes: how far a floor goes by itself. NaN when there are none. */
export function usualStep(bytes: Float64Array, first = 1): number {
  const steps = new Float64Array(Math.max(0, bytes.length - first));
  for (let i = first; i < bytes.length; i += 1) steps[i - first] = stepAt(bytes, i);
  return quantileOf(steps, 0.5);
}
