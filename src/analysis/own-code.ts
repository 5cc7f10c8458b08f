import type { Heap } from '../model/heap.js';

/**
 * Functions that everybody's program is full of: the runtime's and the standard libraries' of Go (by the first element of the package,
 * which has no dot where it is one of those; `main` and modules without a host are not among them) and of C++.
 */
const GO =
  /^(?:archive|bufio|bytes|cmp|compress|container|context|crypto|database|encoding|errors|expvar|fmt|go|hash|html|image|internal|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|runtime|slices|sort|strconv|strings|sync|syscall|testing|text|time|unicode|unique|vendor|weak)[./]/;
const CPP = /^(?:std::|__gnu_cxx::|operator new|(?:malloc|calloc|realloc|strdup)$)/;

/** For each site, 1 where it is in a standard library. */
export function standardSites({ functions, sites }: Pick<Heap, 'functions' | 'sites'>): Uint8Array {
  const isStandard = functions.map((name) => GO.test(name) || CPP.test(name));
  return Uint8Array.from(sites.functions, (number) => (isStandard[number] ? 1 : 0));
}

/**
 * The site of a stack that its owner would look at: the innermost that is in no standard library; -1 where all are.
 *
 *     bytes.growSlice < bytes.(*Buffer).Write < orders.(*Cache).Put < net/http.HandlerFunc.ServeHTTP
 *                                               ^
 */
export function ownSite({ frames, firstFrame }: Heap, stack: number, standard: Uint8Array): number {
  const to = firstFrame[stack + 1] ?? 0;
  for (let i = firstFrame[stack] ?? 0; i < to; i += 1) {
    const site = frames[i] ?? 0;
    if (standard[site] === 0) return site;
  }
  return -1;
}
