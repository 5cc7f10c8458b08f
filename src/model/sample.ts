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
  readonly usage?: number;
  readonly anon?: number;
  readonly file?: number;
  readonly inactiveFile?: number;
  readonly shmem?: number;
  readonly kernel?: number;
  /** The container's memory limit at `t`; absent when unknown, null when there is none. */
  readonly limit?: number | null;
  readonly cpuNanos?: number;
  readonly netRxBytes?: number;
  readonly netTxBytes?: number;
  readonly blkReadBytes?: number;
  readonly blkWriteBytes?: number;
  readonly pids?: number;
};

/** Port: the recent past of every replica (full rate for 2 h, five-minute roll-ups for 14 days). Implemented in `store/`. */
export type SampleStore = {
  /** Adds one sample a replica, one round trip for all. A sample whose `t` the replica already has is ignored. */
  append(samples: ReadonlyArray<{ readonly replica: string; readonly sample: Sample }>): Promise<void>;
  /** Samples with `fromMs <= t <= toMs`, oldest first: full rate where it is still held, roll-ups (mean) before that. */
  read(replica: string, fromMs: number, toMs: number): Promise<Sample[]>;
};
