import type { Heap, Rank } from '../model/heap.js';

/** What `leakwatch heap` is asked. */
export type HeapQuestion = {
  readonly path: string;
  readonly base?: string;
  readonly sample?: string;
  readonly by: Rank;
  readonly top?: number;
  readonly json?: boolean;
  /** Heaps that were taken after it: rates over all of them are answered. */
  readonly later?: readonly string[];
  /** A file that growth is written to, for speedscope. */
  readonly speedscope?: string;
};
/** Decodes a heap and an earlier one; `onBase` is told before the second is begun. Its errors go behind a file's name. */
export type ReadHeaps = (now: Buffer, base: Buffer | null, onBase: () => void) => Promise<[Heap, Heap | null]>;
/** `nameOf`: what a file is by how it begins (`a class histogram of a JVM`). */
export type HeapReader = { readonly read: ReadHeaps; nameOf(bytes: Buffer): string };
