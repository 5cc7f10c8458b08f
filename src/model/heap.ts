/** What one column of a heap counts: `inuse_space` in `bytes`, `goroutine` in `count`. */
export type Measure = { readonly name: string; readonly unit: string };

/**
 * What a profiler saw, whichever it was: stacks, and for each of them a value per measure. A busy service has 140,000 stacks of
 * 20 frames, so all of it lies in columns of numbers:
 *
 *     frames      | malloc  Put  handle  main | malloc  main | …      indexes into `sites`; innermost first, inlined ones too
 *                   ^                           ^
 *     firstFrame    0                           4              6      of stack i: firstFrame[i] up to firstFrame[i + 1]
 *     values[m]     stack 0                     stack 1               what measure m says, signed: a delta has negative ones
 */
export type Heap = {
  readonly measures: readonly Measure[];
  /** The measure that is meant when none is named: an index. */
  readonly usualMeasure: number;
  readonly stackCount: number;
  readonly firstFrame: Uint32Array;
  readonly frames: Uint32Array;
  readonly values: readonly Values[];
  readonly sites: Sites;
  /** Every name once, as it is printed. */
  readonly functions: readonly string[];
  readonly files: readonly string[];
  /** When it was taken; null when it does not say. */
  readonly takenAtMs: number | null;
  /** One sample in so many of this; null when it does not say. Heaps that were sampled by different things cannot be compared. */
  readonly period: (Measure & { readonly every: number }) | null;
};

/** Whole numbers, exactly: as bigints only where one of them is above 2^53, which costs three times the time. */
export type Values = Float64Array | BigInt64Array;

/** Places in the source, a column each. Nobody knows the file: index -1. Nobody knows the line: 0. */
export type Sites = {
  readonly functions: Uint32Array;
  readonly files: Int32Array;
  readonly lines: Uint32Array;
};

/** By which figure functions are ranked. */
export type Rank = 'flat' | 'cum';

/**
 * What a function holds itself (`flat`) and with all that it calls (`cum`), in the unit of the measure; in a growth, signed
 * differences. Sums of whole numbers may pass 2^53, so they are bigints.
 */
export type HeapRow = {
  readonly function: string;
  readonly flat: bigint;
  readonly cum: bigint;
  /** Where most of `flat` is; null when nobody knows. */
  readonly at: { readonly file: string; readonly line: number } | null;
};

/** A heap by function, or what it has more and less than an earlier one. */
export type HeapGrowth = {
  readonly measure: Measure;
  /** The sum over the later heap; as pprof counts it, that of what stands there without its sign. */
  readonly total: bigint;
  /** The same of the earlier one; null when there is none. */
  readonly baseTotal: bigint | null;
  /** What there is more, signed: all of the later heap where there is no earlier one. */
  readonly grown: bigint;
  /** Every function that is not 0 in both, largest first: growth, then what stayed, then what shrank. */
  readonly rows: readonly HeapRow[];
};

/** Bytes of profiles as they were fetched, and what is asked about them. */
export type HeapBytes = {
  readonly now: Uint8Array;
  readonly base: Uint8Array | null;
  /** An answer for each; null is the usual one. */
  readonly measures: readonly (string | null)[];
  readonly by: Rank;
  /** So many rows of each end: what grew most, and what shrank most. */
  readonly top: number;
};

/** Decodes hostile bytes where they can do no harm. */
export type HeapReader = {
  /**
   * A growth per measure, with names cut to a length that can be shown. Throws a world error that says what is wrong with which of
   * the two, or that they were too much work.
   */
  read(bytes: HeapBytes, signal: AbortSignal): Promise<readonly HeapGrowth[]>;
};
