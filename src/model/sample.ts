/**
 * One look at one container. Bytes and cumulative counters, exactly as the engine gave them; a part that the engine did
 * not give is absent, never zero. `t` is the engine's own read time (Unix ms).
 *
 *     usage ─┬─ anon           heap, stacks: what leaks
 *            ├─ file ── inactiveFile   page cache: given back under pressure
 *            ├─ shmem          tmpfs, shared memory: inside `file` for the kernel, kept apart here
 *            └─ kernel         slab, kernel stacks, sockets
 */
export type Sample = {
  readonly t: number;
  readonly usage?: number | undefined;
  readonly anon?: number | undefined;
  readonly file?: number | undefined;
  readonly inactiveFile?: number | undefined;
  readonly shmem?: number | undefined;
  readonly kernel?: number | undefined;
  /** The container's memory limit at `t`; absent when unknown, null when there is none. */
  readonly limit?: number | null | undefined;
  readonly cpuNanos?: number | undefined;
  readonly netRxBytes?: number | undefined;
  readonly netTxBytes?: number | undefined;
  readonly blkReadBytes?: number | undefined;
  readonly blkWriteBytes?: number | undefined;
  readonly pids?: number | undefined;
  /** Of a roll-up: the least of anon, kernel and shmem in the time that it stands for. Absent: one look. */
  readonly leastAnon?: number | undefined;
  readonly leastKernel?: number | undefined;
  readonly leastShmem?: number | undefined;
};

/** Samples of one replica, oldest first: a list of them, or a table that makes one when it is asked for. */
export type Samples = Iterable<Sample> & {
  readonly length: number;
  /** Counted from the end where it is negative. Undefined: there is none. */
  at(index: number): Sample | undefined;
};

/** A size that can be one: what an engine gives may be anything. */
export function isBytes(value: number | null | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value < 2 ** 60;
}

/** What cannot be reclaimed, bytes: anon, shared memory, kernel. Page cache is not in it. Undefined when anon was not measured. */
export function usedOf(sample: Sample & { readonly anon: number }): number;
export function usedOf(sample: Sample | undefined): number | undefined;
export function usedOf(sample: Sample | undefined): number | undefined {
  if (!sample || !isBytes(sample.anon)) return undefined;
  return sample.anon + (isBytes(sample.shmem) ? sample.shmem : 0) + (isBytes(sample.kernel) ? sample.kernel : 0);
}

/** The limit at the newest sample, else the one the container was given, bytes; null when none is set or known. */
export function limitOf(latest: Sample | undefined, configured: number | null): number | null {
  const limit = latest?.limit === undefined ? configured : latest.limit;
  return isBytes(limit) && limit > 0 ? limit : null;
}

/** Port: the recent past of every replica (full rate for 2 h, five-minute roll-ups for 14 days). Implemented in `store/`. */
export type SampleStore = {
  /** Adds one sample a replica, one round trip for all. A sample whose `t` the replica already has is ignored. */
  append(samples: ReadonlyArray<{ readonly replica: string; readonly sample: Sample }>): Promise<void>;
  /** Samples with `fromMs <= t <= toMs`, oldest first: full rate where it is still held, roll-ups (mean) before that. */
  read(replica: string, fromMs: number, toMs: number): Promise<Samples>;
};
