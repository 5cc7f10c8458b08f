import type { HeapBytes, HeapGrowth } from '../model/heap.js';
import type { HeapsAnswer, HeapsBytes } from '../model/heap-evidence.js';
import type { MassifAnswer } from '../model/massif.js';

/**
 * What is said between a worker or agent and its decoding child. Bytes come over standard input: as a message they would be copied twice, and stop the
 * parent's event loop for as long. Sums travel as bigints.
 */
export type HeapRequest = { readonly id: number } & (GrowthsRequest | CourseRequest | MassifRequest);
/** Of one heap and, where there is one, an earlier one: their lengths, in bytes. */
export type GrowthsRequest = Omit<HeapBytes, 'now' | 'base'> & { readonly growthsOf: readonly number[] };
/** Of several, oldest first. */
export type CourseRequest = Omit<HeapsBytes, 'heaps'> & { readonly courseOf: readonly number[] };
/** To the end of the input. */
export type MassifRequest = { readonly massif: true; readonly top: number };
export type HeapReply = { readonly id: number } & (
  | { readonly growths: readonly HeapGrowth[] }
  | HeapsAnswer
  | MassifAnswer
  | { readonly refused: string; readonly which: Which }
);

/** The one that was at hand, of two; of several, its place among them, from 1. */
export type Which = 'now' | 'base' | { readonly number: number; readonly of: number };

/** Of the decoding child, buffers and Node itself (60 MB) and all. */
export const MOST_MB = 256;
