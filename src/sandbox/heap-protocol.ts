import type { HeapCourse } from '../model/heap-evidence.js';
import type { HeapBytes } from '../model/heap-reading.js';

/** What is said between an agent and its decoding child. */
export type HeapRequest = HeapBytes & { readonly id: number };
export type HeapReply = { readonly id: number } & (
  | { readonly course: HeapCourse }
  /** `which`: of the heaps, by its place. */
  | { readonly refused: string; readonly which: number }
);

/** Of the decoding child, buffers and Node itself (60 MB) and all. */
export const MOST_MB = 256;
