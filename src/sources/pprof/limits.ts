const MIB = 2 ** 20;

/**
 * What a profile may be. A large service (300,000 stacks, 27 MB) is far inside; what is outside is refused before memory is taken
 * for it. All of it together keeps a hostile profile under two seconds and 256 MiB (`test/sources/pprof/hostile.test.ts`).
 */
export const LIMITS = {
  /** As it comes, gzipped or not, and unpacked. */
  bytes: 64 * MIB,
  /** Unpacked from packed. Heaps reach 10; a bomb reaches 1,000. */
  ratio: 200,
  /** Below this a ratio says nothing. */
  ratioFromBytes: MIB,
  /** Also what keeps sums of halves of values exact (`analysis/heap-growth.ts`). */
  stacks: 2 ** 21,
  /** Frames of all stacks together, inlined ones too: 128 MiB. A stack is short, but a location may stand for a million frames. */
  frames: 2 ** 25,
  /** Go stops at 128. */
  depth: 4_096,
  /** Texts, locations, functions, mappings: of each. */
  table: 2 ** 21,
  /** Lines of all locations together: 96 MiB. */
  sites: 2 ** 23,
  measures: 64,
  /** Of one text. C++ templates reach 10 KB. */
  textBytes: MIB,
  /** Of the expressions for frames to drop, in characters; and of characters times the names that they are tried on. */
  pattern: 4_096,
  patternWork: 1e9,
} as const;
