/** One container as `docker stats` shows it. Bytes, counters since its start; what the engine does not give is absent. */
export type DockerStats = {
  /** Of one CPU, since the sample before: 2 is two of them busy. */
  readonly cpuShare?: number;
  /** With active page cache, as Docker counts it: not what leaks. */
  readonly memoryBytes?: number;
  /** Null: none is set (Docker shows the machine's memory then). */
  readonly limitBytes: number | null;
  readonly netRxBytes?: number;
  readonly netTxBytes?: number;
  readonly blkReadBytes?: number;
  readonly blkWriteBytes?: number;
  readonly pids?: number;
};
