/**
 * The value that a share of them lie below (nearest rank), bytes in, bytes out. By selection, O(n): a verdict asks for a hundred
 * of them, and sorting was half of its time. The array is reordered. `count`: only of so many at its beginning.
 */
export function quantileOf(values: Float64Array, share: number, count = values.length): number {
  if (count === 0) return Number.NaN;
  const rank = Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  select(values, rank, count);
  return values[rank] ?? Number.NaN;
}

export function medianOf(values: Float64Array): number {
  return quantileOf(values, 0.5);
}

/**
 * Hoare's quickselect (1961), for nothing but columns of numbers: the library's, which takes arrays of anything, was a sixth of a
 * verdict. Afterwards what is before `rank` is not larger than what is there, and what is behind it not smaller.
 */
function select(values: Float64Array, rank: number, count: number): void {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const pivot = middleOf(values[low] ?? 0, values[(low + high) >> 1] ?? 0, values[high] ?? 0);
    let [i, j] = [low, high];
    while (i <= j) {
      while ((values[i] ?? 0) < pivot) i += 1;
      while ((values[j] ?? 0) > pivot) j -= 1;
      if (i > j) break;
      const value = values[i] ?? 0;
      values[i] = values[j] ?? 0;
      values[j] = value;
      i += 1;
      j -= 1;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return;
  }
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
