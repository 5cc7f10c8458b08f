import type { Heap } from './heap.js';
import type { HeapCourse } from './heap-evidence.js';
import type { Binary } from './inside.js';

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

/** What the decoding child makes of a file: of a C++ program's 39 MB a few KB are left. */
export type MassifAnswer = {
  readonly massif: Massif;
  /** The two snapshots that are compared, by index; `from` null: only one has a tree, both null: none has. */
  readonly from: number | null;
  readonly to: number | null;
  /** Of the trees of those two; null where there is none. What Massif left out is in no row. */
  readonly course: HeapCourse | null;
};

/** Port: decodes a hostile file, as it streams by, where it can do no harm. Implemented in `sandbox/`. */
export type MassifReader = {
  /** So many sites of each end. Throws a world error that says what is wrong with the file. */
  read(file: AsyncIterable<Uint8Array>, top: number, signal: AbortSignal): Promise<MassifAnswer>;
};

/** One file of a container's, named by the process that wrote it. */
export type MassifFile = {
  readonly path: string;
  /** When it was last written, Unix ms; null: not known. */
  readonly writtenAtMs: number | null;
  readonly command: string;
  readonly highestBytes: number;
};

/**
 * What came of `massif`: the newest file, and what else lay there. `live`: Massif runs and was asked for it just now; `liveProblem`: it was
 * asked, and why it did not answer.
 */
export type MassifFinding = MassifAnswer & {
  readonly file: MassifFile;
  readonly others: readonly (MassifFile | { readonly path: string; readonly problem: string })[];
  /** Files that were not looked into. */
  readonly unread: number;
  readonly live: boolean;
  readonly liveProblem: string | null;
  /** What it is called in the archive; null: not kept. */
  readonly kept: string | null;
};

/** How Massif could be brought into a container, in facts: what it runs, and whether Massif can see what that allocates. */
export type MassifPlan = {
  readonly image: string;
  readonly container: string;
  readonly program: string;
  /** Of Compose: its service's name; null: a plain container. */
  readonly compose: string | null;
  readonly running: boolean;
  /** Null: nobody may look, or it was not found. */
  readonly binary: Binary | null;
  /** Why there is no file: none lies there, or nobody may look (`LEAKWATCH_EXEC` is off; who asks is no operator). */
  readonly why: 'no-file' | 'exec' | 'operator';
  /** Where files were looked for. */
  readonly rule: string | null;
};

/** As much of a program's file as tells what it is: headers, the name of its loader, Go's mark. */
export const BINARY_BYTES = 64 * 1_024;

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
