import type { Heap } from '../model/heap.js';
import type { GrownStacks, Place } from '../model/heap-evidence.js';
import { pickMeasure } from './heap-measure.js';

/** Deeper than Go's stacks (128) and anybody's screen; what is further out is left off. */
const MOST_FRAMES = 256;

/** A path of functions, and one of the stacks of the later heap that take it: -1, it is in the earlier one only. */
type Path = { grown: number; stack: number };

/**
 * The `most` stacks that grew most since an earlier heap (null: that hold most), in the usual measure or that of a name. Two stacks are one
 * where their functions are: a line that moved in a new build is no growth. Throws a person's error like `pickMeasure`.
 */
export function grownStacks(now: Heap, base: Heap | null, most: number, name?: string): GrownStacks {
  const picked = pickMeasure(now, base, name);
  const numbers = new Map(now.functions.map((called, number) => [called, number]));
  const paths = new Map<string, Path>();
  addTo(paths, now, picked.now, 1, (number) => number);
  if (base) addTo(paths, base, picked.base, -1, (number) => numberOf(numbers, base.functions[number] ?? ''));
  const grown = [...paths.values()].filter((path) => path.grown > 0 && path.stack >= 0).sort((a, b) => b.grown - a.grown);
  const frames: Place[] = [];
  const known = new Map<number, number>();
  const frameOf = (site: number) => {
    const index = known.get(site) ?? frames.push(placeOf(now, site)) - 1;
    known.set(site, index);
    return index;
  };
  return {
    measure: picked.measure,
    stacks: grown.slice(0, most).map((path) => ({ frames: sitesOf(now, path.stack).map(frameOf), grown: path.grown })),
    frames,
    left: grown.slice(most).reduce((sum, path) => sum + path.grown, 0),
  };
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const number = numbers.get(name) ?? numbers.size;
  numbers.set(name, number);
  return number;
}

function addTo(paths: Map<string, Path>, heap: Heap, measure: number, sign: 1 | -1, numbered: (number: number) => number): void {
  const values = heap.values[measure];
  const names = Uint32Array.from(heap.sites.functions, numbered);
  for (let stack = 0; stack < heap.stackCount; stack += 1) {
    const value = Number(values?.[stack] ?? 0);
    if (value === 0) continue;
    const key = heap.frames
      .subarray(heap.firstFrame[stack], heap.firstFrame[stack + 1])
      .map((site) => names[site] ?? 0)
      .join();
    const path = paths.get(key) ?? { grown: 0, stack: -1 };
    path.grown += sign * value;
    if (sign > 0 && path.stack < 0) path.stack = stack;
    paths.set(key, path);
  }
}

function sitesOf({ frames, firstFrame }: Heap, stack: number): number[] {
  const sites = frames.subarray(firstFrame[stack], firstFrame[stack + 1]);
  return [...sites.subarray(0, MOST_FRAMES)].reverse();
}

function placeOf({ sites, functions, files }: Heap, site: number): Place {
  const name = functions[sites.functions[site] ?? 0] ?? '';
  return { function: name, file: files[sites.files[site] ?? -1] ?? null, line: sites.lines[site] || null };
}
