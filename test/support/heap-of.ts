import type { Heap } from '../../src/model/heap.js';

/** `Put<handle<main` is a stack, innermost first. */
export function heapOf(stacks: Readonly<Record<string, bigint | number>>, change: Partial<Heap> = {}): Heap {
  const paths = Object.keys(stacks).map((path) => path.split('<').filter((name) => name !== ''));
  const functions = [...new Set(paths.flat())];
  const firstFrame = [0];
  for (const path of paths) firstFrame.push((firstFrame.at(-1) ?? 0) + path.length);
  return {
    measures: [{ name: 'inuse_space', unit: 'bytes' }],
    usualMeasure: 0,
    stackCount: paths.length,
    firstFrame: Uint32Array.from(firstFrame),
    frames: Uint32Array.from(paths.flat(), (name) => functions.indexOf(name)),
    values: [BigInt64Array.from(Object.values(stacks), BigInt)],
    sites: {
      functions: Uint32Array.from(functions, (_, i) => i),
      files: Int32Array.from(functions, () => 0),
      lines: Uint32Array.from(functions, (_, i) => 10 * i),
    },
    functions,
    files: ['/src/app/cache.go'],
    takenAtMs: null,
    period: null,
    ...change,
  };
}
