import type { Sample } from '../../model/sample.js';
import { asStats, type DockerStats, timeOf } from './types.js';

/**
 * An answer of `/containers/<id>/stats` as a sample; null when the container was not running (the engine answers 200 with
 * the year 1). `limitBytes` is what inspect says, because stats clamp "no limit" to the machine's memory; undefined: not known.
 *
 *            cgroup v1 (Docker prefixes the tree's figures)     cgroup v2
 *   anon     total_rss                                          anon
 *   file     total_cache − total_shmem                          file − shmem
 *   shmem    total_shmem, or total_cache − both file lists      shmem
 *   kernel   usage − total_rss − total_cache (nearly)           kernel + sock, or the sum of what it is made of, − slab_reclaimable
 *
 * On v1 the engine passes on no shared memory; it is in `cache`, and on none of the lists of file pages. Nor does it name
 * kernel memory there, but `usage` counts it, with an error of what each CPU has charged ahead (some 100 KiB).
 * Shared memory is inside `cache` and `file` for the kernel and cannot be given back: it is taken out where it is known. Names and inodes of
 * files that were looked at (`slab_reclaimable`) are a cache too, and given back like pages: whoever walks through many files fills it, and
 * nobody is killed for it. v1 does not tell how much that is.
 * Source: Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst; formulas of `docker stats` in docker/cli
 * stats_helpers.go.
 */
export function decodeStats(answer: unknown, limitBytes?: number | null): Sample | null {
  const stats = asStats(answer);
  const t = timeOf(stats.read);
  if (t === null) return null;
  return {
    t,
    ...present({
      usage: stats.memory_stats?.usage,
      ...memory(stats.memory_stats?.stats ?? {}, stats.memory_stats?.usage),
      cpuNanos: stats.cpu_stats?.cpu_usage?.total_usage,
      netRxBytes: sum(Object.values(stats.networks ?? {}).map((network) => network?.rx_bytes)),
      netTxBytes: sum(Object.values(stats.networks ?? {}).map((network) => network?.tx_bytes)),
      blkReadBytes: blockIo(stats, 'r'),
      blkWriteBytes: blockIo(stats, 'w'),
      pids: stats.pids_stats?.current,
    }),
    ...(limitBytes === undefined ? {} : { limit: limitBytes }),
  };
}

type Figures = Readonly<Record<string, number | undefined>>;

function memory(figures: Figures, usage: number | undefined): Figures {
  if (figures.total_rss !== undefined) return memoryV1(figures, usage);
  const { anon, file, inactive_file: inactiveFile, shmem } = figures;
  return { anon, file: less(file, shmem ?? 0), inactiveFile, shmem, kernel: kernelV2(figures) };
}

function memoryV1(figures: Figures, usage: number | undefined): Figures {
  const { total_rss: anon, total_cache: cache, total_inactive_file: inactiveFile, total_active_file: activeFile } = figures;
  const listed = sum([activeFile, inactiveFile]);
  const shmem = figures.total_shmem ?? (listed === undefined ? undefined : less(cache, listed));
  return { anon, file: less(cache, shmem ?? 0), inactiveFile, shmem, kernel: less(usage, (anon ?? 0) + (cache ?? 0)) };
}

/** Never below zero: the figures are not of the same instant. */
function less(all: number | undefined, part: number): number | undefined {
  return all === undefined ? undefined : Math.max(0, all - part);
}

/** Linux 5.18 has the sum (without sockets); before it, there are only the parts. */
function kernelV2({
  kernel,
  slab,
  slab_reclaimable,
  kernel_stack,
  pagetables,
  percpu,
  vmalloc,
  sock,
}: Figures): number | undefined {
  const all = kernel === undefined ? sum([slab, kernel_stack, pagetables, percpu, vmalloc, sock]) : sum([kernel, sock]);
  return less(all, slab_reclaimable ?? 0);
}

/** v1 says "Read", v2 says "read". */
function blockIo(stats: DockerStats, op: 'r' | 'w'): number | undefined {
  const rows = stats.blkio_stats?.io_service_bytes_recursive ?? [];
  return sum(rows.filter((row) => row?.op?.[0]?.toLowerCase() === op).map((row) => row?.value));
}

/** Of what there is; undefined when there is nothing. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}

function present(fields: Figures): Partial<Sample> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
