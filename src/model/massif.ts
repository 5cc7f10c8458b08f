import type { Heap } from './heap.js';

/** What Massif counts time in: instructions, milliseconds, or bytes allocated and freed. */
export type MassifTimeUnit = 'i' | 'ms' | 'B';

/** `heapBytes` were asked for, `extraBytes` are the allocator's own, `stackBytes` are only counted with `--stacks=yes`. */
export type MassifSnapshot = {
  readonly index: number;
  readonly time: number;
  readonly heapBytes: number;
  readonly extraBytes: number;
  readonly stackBytes: number;
  /** Whether a tree of who holds it was written with it; `peak` has one too. */
  readonly detail: 'empty' | 'detailed' | 'peak';
};

/** What a file of Massif's says of one run of a program. */
export type Massif = {
  /** Massif's own arguments, as it was given them. */
  readonly description: string;
  readonly command: string;
  readonly timeUnit: MassifTimeUnit;
  readonly snapshots: readonly MassifSnapshot[];
  /** The snapshot that Massif marked: there is none when nothing was ever freed. */
  readonly peak: number | null;
};

/** The tree of one snapshot. */
export type MassifHeap = { readonly index: number; readonly heap: Heap };

/** A file, and the two of its trees that are compared. `from` is null where only one has a tree, both where none has. */
export type MassifRead = { readonly massif: Massif; readonly from: MassifHeap | null; readonly to: MassifHeap | null };

/** In place of a function: callers that Massif left out of its tree, each less than its threshold (1 % of all unless told). */
export const BELOW_THRESHOLD = "(below massif's threshold)";

/**
 * What one place in the source holds itself now, what it held before (0 where there is no before), and how much more that is:
 * signed bytes. Nobody knows file or line: null.
 */
export type SiteRow = {
  readonly function: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly bytes: bigint;
  readonly now: bigint;
  readonly before: bigint;
};
