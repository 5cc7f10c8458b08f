import type { Sample } from '../../../src/model/sample.js';

/**
 * What a container's cgroup counts at one time: bytes, and counters since its start. `file` is the kernel's, with shared memory in
 * it; what is absent is not told by this engine.
 */
export type Held = {
  readonly usage?: number | undefined;
  readonly anon?: number | undefined;
  readonly file?: number | undefined;
  readonly inactiveFile?: number | undefined;
  readonly shmem?: number | undefined;
  readonly kernel?: number | undefined;
  readonly cpuNanos?: number | undefined;
  readonly netRxBytes?: number | undefined;
  readonly netTxBytes?: number | undefined;
  readonly pids?: number | undefined;
};

/** A container's memory as a function of the engine's time (Unix ms). Null: its cgroup cannot be read now. */
export type MemoryAt = (nowMs: number, startedAtMs: number) => Held | null;

const MIB = 2 ** 20;

/** From its start on it grows in a line: `base` MiB and `perHour` MiB more each hour; page cache and kernel memory stay. */
export function growing(base: number, perHour: number): MemoryAt {
  return (nowMs, startedAtMs) => ({
    anon: Math.round(MIB * (base + (perHour * (nowMs - startedAtMs)) / 3_600_000)),
    file: 20 * MIB,
    inactiveFile: 12 * MIB,
    shmem: 0,
    kernel: 2 * MIB,
    cpuNanos: Math.max(0, nowMs - startedAtMs) * 10_000,
    netRxBytes: Math.max(0, nowMs - startedAtMs),
    netTxBytes: Math.max(0, nowMs - startedAtMs),
    pids: 8,
  });
}

/** What a history tells of one time: as in the input of `leakwatch assess`. */
export type ToldSample = Omit<Held, 'inactiveFile'> & {
  readonly t: number;
  readonly workingSet?: number | null | undefined;
  readonly inactiveFile?: number | undefined;
};

/**
 * A recorded history as memory: at each time the newest sample that is younger than `staleMs`. In a hole there are no figures.
 *
 *     samples   · · · · ·           · · ·
 *     answers   ─────────·  null    ─────
 */
export function recorded(samples: readonly ToldSample[], staleMs: number): MemoryAt {
  let at = 0;
  return (nowMs) => {
    if ((samples[at]?.t ?? 0) > nowMs) at = 0;
    for (let next = samples[at + 1]; next && next.t <= nowMs; next = samples[at + 1]) at += 1;
    const sample = samples[at];
    if (!sample || sample.t > nowMs || nowMs - sample.t >= staleMs) return null;
    const { usage, workingSet } = sample;
    const inactiveFile = sample.inactiveFile ?? (usage !== undefined && workingSet ? Math.max(0, usage - workingSet) : undefined);
    return { ...sample, inactiveFile };
  };
}

/** A sample of ours as the kernel would count it: shared memory is back inside `file`. */
export function asTold({ t, usage, anon, file, inactiveFile, shmem, kernel, ...rest }: Sample): ToldSample {
  const { cpuNanos, netRxBytes, netTxBytes, pids } = rest;
  const whole = file === undefined ? undefined : file + (shmem ?? 0);
  return { t, usage, anon, file: whole, inactiveFile, shmem, kernel, cpuNanos, netRxBytes, netTxBytes, pids };
}
