import type { Heap } from '../model/heap.js';

/** What each function holds itself, and with all it calls: a number per function. */
export type Sums = { readonly flat: Float64Array; readonly cum: Float64Array };

/**
 * Adds a heap to sums by function, times `sign`; `functionOf` says which function a site is in, in the numbers of the sums.
 *
 *     stack    fact  fact  fact  main      8 bytes     flat: fact 8               the innermost frame alone
 *                                                      cum:  fact 8, main 8       each function once, however often it recurs
 *
 * `weights` are the values of the stacks, or a part of them (`heap-growth.ts`). `flatOfSite` takes the same by site.
 */
export function addTo(
  sums: Sums,
  { stackCount, firstFrame, frames }: Heap,
  functionOf: Uint32Array,
  weights: Float64Array,
  sign: 1 | -1,
  flatOfSite?: Float64Array,
): void {
  const { flat, cum } = sums;
  /** The stack that a function was last met in, + 1. */
  const metIn = new Uint32Array(flat.length);
  for (let stack = 0; stack < stackCount; stack += 1) {
    const weight = sign * (weights[stack] ?? 0);
    const from = firstFrame[stack] ?? 0;
    const to = firstFrame[stack + 1] ?? 0;
    if (weight === 0 || from === to) continue;
    const leaf = frames[from] ?? 0;
    const innermost = functionOf[leaf] ?? 0;
    flat[innermost] = (flat[innermost] ?? 0) + weight;
    if (flatOfSite) flatOfSite[leaf] = (flatOfSite[leaf] ?? 0) + weight;
    for (let i = from; i < to; i += 1) {
      const called = functionOf[frames[i] ?? 0] ?? 0;
      if (metIn[called] === stack + 1) continue;
      metIn[called] = stack + 1;
      cum[called] = (cum[called] ?? 0) + weight;
    }
  }
}
