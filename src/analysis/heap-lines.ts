import type { Heap, HeapRow, Sites } from '../model/heap.js';

/**
 * For each function that holds something itself (by its number in `functionOf`), the line where most of that is: a function of
 * 300 lines leaks in one of them.
 */
export function busiestLines(
  { files, lines }: Sites,
  functionOf: Uint32Array,
  flatOfSite: Float64Array,
  names: Heap['files'],
): Map<number, NonNullable<HeapRow['at']>> {
  const busiest = new Map<number, { at: NonNullable<HeapRow['at']>; size: number }>();
  const sizes = new Map<string, number>();
  for (let site = 0; site < flatOfSite.length; site += 1) {
    const flat = flatOfSite[site] ?? 0;
    if (flat === 0) continue;
    const [file = -1, line = 0, called = 0] = [files[site], lines[site], functionOf[site]];
    const name = names[file];
    if (name === undefined) continue;
    const key = `${called} ${file} ${line}`;
    const size = (sizes.get(key) ?? 0) + Math.abs(flat);
    sizes.set(key, size);
    if (size > (busiest.get(called)?.size ?? 0)) busiest.set(called, { at: { file: name, line }, size });
  }
  return new Map([...busiest].map(([called, { at }]) => [called, at]));
}
