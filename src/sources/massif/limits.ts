const MIB = 2 ** 20;

/**
 * What a file of Massif's may be. Defaults make 100 KB; 1,000 detailed snapshots with threshold 0 made 536 MB. What is outside is
 * refused where it passes the limit, before memory is taken for it.
 */
export const LIMITS = {
  /** Unpacked. */
  bytes: 1_024 * MIB,
  /** C++ templates reach 10 KB. */
  lineBytes: 64 * 1_024,
  /** `--max-snapshots` stops at 1,000; this is for what else writes the format. */
  snapshots: 100_000,
  /** Of one tree: nodes, text. Three of them are held at once: the first, the last one and the one that is being read. */
  nodes: 500_000,
  treeBytes: 32 * MIB,
  /** Valgrind's `--depth` stops at 200; above are the allocators, below what is left out. */
  depth: 202,
  /** Different labels of one tree: programs have hundreds, with threshold 0 thousands. */
  labels: 50_000,
  /** Of all stacks of one tree together. */
  frames: 2 ** 22,
  /** A command with line ends in its arguments. */
  headLines: 1_000,
} as const;
