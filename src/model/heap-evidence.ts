import type { Measure } from './heap.js';
import type { Deployed } from './news.js';
import type { OwnGrowth } from './own-metrics.js';
import type { Range } from './range.js';
import type { ServiceRef } from './replica.js';

/**
 * What heaps of one replica come to, as it goes through queues and into incidents: plain JSON. Sums of a heap are bigints where they are
 * made; here they are numbers, because JSON has no others, and what is above 2^53 bytes (8 PiB) is no heap. `leakwatch heap` has every digit.
 *
 * Of any runtime: Go, a JVM's histogram (functions are its classes), V8, Massif, jemalloc: all become the same `Heap`.
 */
export type HeapEvidence = {
  readonly service: Pick<ServiceRef, 'id' | 'name'>;
  readonly replica: { readonly number: number; readonly host: string };
  /** Null: nobody knows. */
  readonly runtime: 'go' | 'jvm' | 'node' | 'python' | 'native' | null;
  readonly kind: HeapKind;
  /** What is counted: `inuse_space` in `bytes`, `goroutine` in `count`. */
  readonly measure: Measure;
  /** Unix ms, oldest first: one for each heap. Growth is of the last beside the first. */
  readonly takenAtMs: readonly number[];
  /** Garbage was collected just before each of them; null: nobody knows. What was not collected counts as held. */
  readonly collected: boolean | null;
  readonly baseline: Baseline;
  /** Of all functions, one for each heap. */
  readonly totals: readonly number[];
  readonly totalPerHour: Range | null;
  /** Growth of one function below this may be sampling alone; null where nothing was sampled. */
  readonly leastTold: number | null;
  /** What grew most first, what shrank most last; a dozen or two of each. A single heap: what holds most. */
  readonly rows: readonly HeapEvidenceRow[];
  /** Functions that are in none of the rows. */
  readonly others: number;
  readonly reconciliation: Reconciliation | null;
  /** What the process exports of itself; absent: nothing that anybody scrapes, or nobody could be asked. */
  readonly own?: OwnGrowth;
  readonly goroutines: { readonly from: number; readonly to: number } | null;
  /** Names of the archived files of the first and the last heap; null: they were not kept. */
  readonly files: { readonly base: string | null; readonly now: string } | null;
  /** The deploy that lies between the first heap and the last, or began the process. */
  readonly deploy: Deployed | null;
  /** When an earlier incident of this service had the same function first, Unix ms. */
  readonly seenBeforeMs: number | null;
  /** When there will be a heap to compare with, Unix ms, where somebody takes one. */
  readonly nextAtMs: number | null;
  /** What could not be had, a clause each, in our own words: `memory of the container: no samples before 21:45`. */
  readonly missing: readonly string[];
};

/** `heap`: what is held now. `allocs`: what was ever allocated. `goroutine`: where they stand. */
export type HeapKind = 'heap' | 'allocs' | 'goroutine';

/** What the first heap is. Another process: rates over a restart say nothing, levels do. */
export type Baseline =
  | { readonly is: 'none' | 'same-process' | 'not-known' }
  | { readonly is: 'other-process'; readonly why: 'restart' | 'deploy' | 'replica'; readonly atMs: number | null };

/** In units of the measure; what a function holds itself, not what it calls. */
export type HeapEvidenceRow = {
  readonly function: string;
  /** Where most of it comes from, if the function is of a standard library: the innermost call that is not. */
  readonly via: Place | null;
  /** One for each heap. */
  readonly held: readonly number[];
  /** The last less the first, signed; what it holds where there is one heap. */
  readonly grown: number;
  /** Null: one heap, another process, or too little time between them. */
  readonly perHour: Range | null;
  /** Where most of it is allocated. */
  readonly file: string | null;
  readonly line: number | null;
  /** That place (or `via`) at the running revision: https, checked (`incidents/source-link.ts`). */
  readonly link: string | null;
};

/** A place in the source, as the program was built: untrusted text. */
export type Place = { readonly function: string; readonly file: string | null; readonly line: number | null };

/** How much of the growth of the container's memory the growth of its live heap explains, bytes over the same time. */
export type Reconciliation = {
  /** Anonymous memory of the container: what leaks into it. */
  readonly containerBytes: number;
  readonly heapBytes: number;
  /** What memory that heap takes: between these. Equal where it is known how much. */
  readonly explained: { readonly low: number; readonly high: number };
  readonly by: Overhead;
  /**
   * `heap`: it explains (nearly) all. `partly`. `elsewhere`: surely less than a third: the leak is not in this heap. `open`: too little grew
   * for what is sampled. `not-grown`: the container's memory did not grow by anything that needs to be explained. `around`: Go has it, and its
   * live heap surely costs less than a third of it.
   */
  readonly says: 'heap' | 'partly' | 'around' | 'elsewhere' | 'open' | 'not-grown';
};

/**
 * How more heap becomes more memory. `runtime`: Go said what it had from the system both times, `stackBytes`: how much of what came to it
 * are stacks, where it said that. `gogc`: a heap may grow by so many
 * percent before it is collected. `usual`: GOGC is not known, 100 unless somebody set it. `none`: an allocator without a collector.
 */
export type Overhead =
  | { readonly how: 'runtime'; readonly stackBytes?: number }
  | { readonly how: 'usual' | 'none' }
  | { readonly how: 'gogc'; readonly percent: number };

/** Memory of a Go process as it tells it itself (`runtime.MemStats`, `go_memstats_*`), bytes, just after a collection. */
export type GoMemory = {
  /** Had from the system, and given back of it. */
  readonly sysBytes: number;
  readonly releasedBytes: number;
  /** `HeapAlloc`, and the heap at which the next collection begins. */
  readonly liveBytes: number;
  readonly nextGcBytes: number;
  /** Stacks of goroutines, which count for that goal, too; absent: not told. */
  readonly stackBytes?: number;
};

/**
 * Heaps of one replica by function, oldest first: what evidence is made of. Each row has what a function holds itself in each heap; those
 * that grew most come first, those that shrank most last.
 */
export type HeapCourse = {
  readonly measure: Measure;
  /** One sample in so many bytes; null: nothing was sampled, or nobody knows. */
  readonly sampledEvery: number | null;
  readonly totals: readonly number[];
  readonly rows: readonly Pick<HeapEvidenceRow, 'function' | 'via' | 'held' | 'file' | 'line'>[];
  readonly others: number;
};

/**
 * The stacks that grew most from one heap to a later one, with growth only: what a flame graph is drawn of. Stacks are those of one path of
 * functions; lines are those of the later heap.
 */
export type GrownStacks = {
  readonly measure: Measure;
  readonly frames: readonly Place[];
  /** Frames are indexes, outermost first. Largest first. */
  readonly stacks: readonly { readonly frames: readonly number[]; readonly grown: number }[];
  /** Growth of stacks that are not among them. */
  readonly left: number;
};

/** Heaps of one replica as they were fetched, oldest first, and what is asked about them. */
export type HeapsBytes = {
  readonly heaps: readonly Uint8Array[];
  /** Null: the usual one of the last. */
  readonly measure: string | null;
  /** `own`: by the code of one's own that is innermost, for goroutines, which all stand in the runtime. */
  readonly by: 'innermost' | 'own';
  /** So many functions of each end. */
  readonly top: number;
  /** So many stacks that grew; 0: none are asked for. */
  readonly stacks: number;
};

/** `takenAtMs`: as each of them says itself; null: it does not. */
export type HeapsAnswer = {
  readonly course: HeapCourse;
  readonly stacks: GrownStacks | null;
  readonly takenAtMs: readonly (number | null)[];
};

/** Port: decodes hostile bytes of any runtime where they can do no harm. Implemented in `sandbox/`. */
export type HeapsReader = {
  /** Names are cut to a length that can be shown. Throws a world error that says what is wrong with which of them. */
  course(bytes: HeapsBytes, signal: AbortSignal): Promise<HeapsAnswer>;
};
