import type { HeapBytes, HeapGrowth } from '../model/heap.js';

/** What is said between a worker or agent and its decoding child. Sums travel as bigints. */
export type HeapRequest = HeapBytes & { readonly id: number };
export type HeapReply = { readonly id: number } & (
  | { readonly growths: readonly HeapGrowth[] }
  | { readonly refused: string; readonly which: 'now' | 'base' }
);

/** Of the decoding child, buffers and Node itself (60 MB) and all. */
export const MOST_MB = 256;
