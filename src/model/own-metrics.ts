import type { Range } from './range.js';
import type { Replica } from './replica.js';

/**
 * Where a process has its memory, by its own count.
 *
 *     resident ─┬─ heap       Go: spans in use; a JVM, V8: used
 *               ├─ kept       Go: free in the heap, and not given back to the system
 *               ├─ stacks     Go: of goroutines
 *               ├─ nonheap    a JVM: classes, compiled code
 *               ├─ direct     a JVM: direct buffers
 *               ├─ external   V8: Buffers, add-ons
 *               └─ what it does not count: cgo, native libraries, fragmentation
 */
export const OWN_PARTS = ['resident', 'heap', 'kept', 'stacks', 'nonheap', 'direct', 'external'] as const;
export type OwnPart = (typeof OWN_PARTS)[number];
export type OwnRuntime = 'go' | 'jvm' | 'node';

/** Bytes at a time, Unix ms. */
export type OwnPoint = { readonly t: number; readonly bytes: number };

/** What one process has told, oldest first, of its present life as far as it tells when that began. */
export type OwnProcess = {
  /** A label names the container that was asked for; else it is one of the service. */
  readonly isNamed: boolean;
  /** Null: it tells of its resident memory only. */
  readonly runtime: OwnRuntime | null;
  /** Unix ms; null: it does not tell. */
  readonly startedAtMs: number | null;
  readonly parts: Readonly<Partial<Record<OwnPart, readonly OwnPoint[]>>>;
};

/** How a process grows by its own count. Plain JSON: it is part of evidence. */
export type OwnGrowth = {
  readonly runtime: OwnRuntime | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** So many may be the one that was asked for: this is the one that grows fastest. 1: it is it. */
  readonly among: number;
  /** Bytes per hour; a part that it does not tell of is absent. */
  readonly perHour: Readonly<Partial<Record<OwnPart, Range>>>;
};

/** `job`: what a rule says; absent: found by labels. `isOnlyName`: no other service of the fleet is called so. */
export type AskedOwn = { readonly replica: Replica; readonly job?: string; readonly isOnlyName: boolean };

/**
 * Port: what processes export of themselves, as a metrics server has it. Rejects with a world error within seconds; `partial`: something of
 * the server did not answer, in its own words. None: nobody has heard of such a process. Implemented in `sources/`.
 */
export type OwnMetrics = {
  of(
    asked: AskedOwn,
    fromMs: number,
    toMs: number,
  ): Promise<{ readonly processes: readonly OwnProcess[]; readonly partial?: string }>;
};
