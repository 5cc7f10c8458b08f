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

/** Every so many-th of them, at most `most`: they tell a quantile as well as all do. A copy. */
export function thinned(values: Float64Array, most: number): Float64Array {
  const every = Math.max(1, Math.ceil(values.length / most));
  const some = new Float64Array(Math.ceil(values.length / every));
  for (let i = 0; i < some.length; i += 1) some[i] = values[i * every] ?? 0;
  return some;
}

/** Fewer are sorted by insertion. */
const FEW = 16;
/** Of so many of them the pivot is the one whose rank is nearest to the wanted one's. */
const SAMPLED = 7;

/**
 * Hoare's quickselect (1961) with a sampled pivot (after Floyd & Rivest 1975), for nothing but columns of numbers: the library's,
 * which takes arrays of anything, was a sixth of a verdict. Afterwards what is before `rank` is not larger than what is there, and
 * what is behind it not smaller.
 */
function select(values: Float64Array, rank: number, count: number): void {
  let [low, high] = [0, count - 1];
  while (high - low >= FEW) {
    const pivot = pivotOf(values, low, high, rank);
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
  insertionSort(values, low, high);
}

/** Some of them, put in order at the beginning: the one whose rank among them is nearest to the wanted one's. */
function pivotOf(values: Float64Array, low: number, high: number, rank: number): number {
  const count = high - low + 1;
  const every = Math.floor(count / SAMPLED);
  for (let i = 1; i < SAMPLED; i += 1) {
    const value = values[low + i] ?? 0;
    values[low + i] = values[low + i * every] ?? 0;
    values[low + i * every] = value;
  }
  insertionSort(values, low, low + SAMPLED - 1);
  return values[low + Math.floor(((rank - low) * SAMPLED) / count)] ?? 0;
}

function insertionSort(values: Float64Array, low: number, high: number): void {
  for (let i = low + 1; i <= high; i += 1) {
    const value = values[i] ?? 0;
    let at = i;
    for (; at > low && (values[at - 1] ?? 0) > value; at -= 1) values[at] = values[at - 1] ?? 0;
    values[at] = value;
  }
}
