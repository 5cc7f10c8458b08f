import type { Heap, Measure } from '../model/heap.js';

/** What a JVM brings: `[B` is `byte[]`; `[Ljava.lang.String;` is an array of one of its own. `io.` and `net.` are anybody's there. */
const JVM = /^\[*(?:[BCDFIJSZ]$|L?(?:java|javax|jdk|sun|com\.sun|kotlin|scala)\.)/;
/** What Node brings; what V8 does itself has no file. All that V8 sees is below its root. */
const NODE_FILE = /^node:/;
const V8_ROOT = '(root)';

/**
 * Functions that everybody's program is full of: the runtime's and the standard libraries' of Go (by the first element of the package,
 * which has no dot where it is one of those; `main` and modules without a host are not among them) and of C++.
 */
const GO =
  /^(?:archive|bufio|bytes|cmp|compress|container|context|crypto|database|encoding|errors|expvar|fmt|go|hash|html|image|internal|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|runtime|slices|sort|strconv|strings|sync|syscall|testing|text|time|unicode|unique|vendor|weak)(?:\/|\.(?![^/([]*\/))/;
const CPP = /^(?:std::|__gnu_cxx::|operator new|(?:malloc|calloc|realloc|strdup)$)/;

/** A JVM's histogram is by class, without stacks: a cache of carts is first of all so many bytes of `byte[]`. */
export function isByClass({ measures }: { readonly measures: readonly Measure[] }): boolean {
  return measures.some(({ name }) => name === 'instances');
}

/** For each site, 1 where it is in a standard library. */
export function standardSites({ functions, files, sites, measures }: Heap): Uint8Array {
  const isJvm = isByClass({ measures });
  const isStandard = functions.map((name) => (isJvm ? JVM.test(name) : GO.test(name) || CPP.test(name)));
  const isNodes = files.map((file) => NODE_FILE.test(file));
  const isV8 = functions.includes(V8_ROOT);
  return Uint8Array.from(sites.functions, (number, site) => {
    const file = sites.files[site] ?? -1;
    return isStandard[number] || (isV8 && (file < 0 || isNodes[file])) ? 1 : 0;
  });
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
