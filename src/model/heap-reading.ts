import type { HeapCourse } from './heap-evidence.js';

/** Bytes of profiles as they were fetched, oldest first: of so many rows of each end, what grew most and what shrank most. */
export type HeapBytes = { readonly heaps: readonly Uint8Array[]; readonly top: number };

/** Decodes hostile bytes where they can do no harm. */
export type HeapReader = {
  /**
   * Their course in the usual measure, with names cut to a length that can be shown. Throws a world error that says what is wrong
   * with the last or with an earlier one, or that they were too much work.
   */
  read(bytes: HeapBytes, signal: AbortSignal): Promise<HeapCourse>;
};
