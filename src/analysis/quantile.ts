import { quickselect } from 'simple-statistics';

/**
 * The value that a share of them lie below (nearest rank), bytes in, bytes out. By selection, O(n): a verdict asks for a hundred
 * of them, and sorting was half of its time. The array is reordered.
 */
export function quantileOf(values: Float64Array, share: number): number {
  if (values.length === 0) return Number.NaN;
  const rank = Math.min(values.length - 1, Math.max(0, Math.floor(share * values.length)));
  // Typed for number[] alone; it only reads and swaps by index.
  quickselect(values as unknown as number[], rank);
  return values[rank] ?? Number.NaN;
}

export function medianOf(values: Float64Array): number {
  return quantileOf(values, 0.5);
}
