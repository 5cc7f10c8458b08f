import { type FakeContainer, goTime } from './container.js';
import type { Held } from './memory.js';

export type Machine = { readonly cgroup: 'v1' | 'v2'; readonly memTotal: number };

const NO_CPU = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};
const V1_LISTS = [
  ...['io_service_bytes_recursive', 'io_serviced_recursive', 'io_queue_recursive', 'io_service_time_recursive'],
  ...['io_wait_time_recursive', 'io_merged_recursive', 'io_time_recursive', 'sectors_recursive'],
];
/** What cgroup v1 says where no limit is set: the largest page-aligned number. */
const V1_NO_LIMIT = 2 ** 63 - 4096;

/**
 * An answer of `/containers/<id>/stats`. Of a container that does not run, or whose cgroup cannot be read: 200, the year 1 and
 * nothing else. `precedingMs`: the look before this one, with `stream=false` alone; null with `one-shot`.
 */
export function statsAnswer(container: FakeContainer, machine: Machine, nowMs: number, precedingMs: number | null): object {
  const { name, id, running, startedAtMs, memory, limitBytes } = container;
  const held = running && startedAtMs !== null ? memory(nowMs, startedAtMs) : null;
  if (!held) return { ...frame(null, null, {}, NO_CPU, NO_CPU, {}), name: `/${name}`, id };
  const before = precedingMs === null ? null : memory(precedingMs, startedAtMs ?? 0);
  const limit = limitBytes ?? machine.memTotal;
  const isV1 = machine.cgroup === 'v1';
  return {
    ...frame(
      nowMs,
      precedingMs,
      isV1 ? v1Blocks() : v2Blocks(),
      cpu(held, nowMs, isV1),
      before && precedingMs !== null ? cpu(before, precedingMs, isV1) : NO_CPU,
      isV1 ? v1Memory(held, limit, limitBytes) : v2Memory(held, limit),
    ),
    pids_stats: { current: held.pids ?? 1, ...(isV1 ? {} : { limit: 2306 }) },
    name: `/${name}`,
    id,
    ...networks(held),
  };
}

function frame(
  readMs: number | null,
  prereadMs: number | null,
  blocks: object,
  cpuStats: object,
  precpuStats: object,
  memory: object,
) {
  return {
    read: goTime(readMs),
    preread: goTime(prereadMs),
    pids_stats: {},
    blkio_stats: { ...Object.fromEntries(V1_LISTS.map((list) => [list, null])), ...blocks },
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpuStats,
    precpu_stats: precpuStats,
    memory_stats: memory,
  };
}

function cpu({ cpuNanos = 0 }: Held, nowMs: number, isV1: boolean) {
  return {
    cpu_usage: {
      total_usage: cpuNanos,
      ...(isV1 ? { percpu_usage: [cpuNanos, 0] } : {}),
      usage_in_kernelmode: 0,
      usage_in_usermode: cpuNanos,
    },
    system_cpu_usage: nowMs * 2_000_000,
    online_cpus: 2,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  };
}

/** v1 has empty lists where there was no block I/O, v2 has rows with small letters. */
function v1Blocks(): object {
  return Object.fromEntries(V1_LISTS.map((list) => [list, []]));
}

function v2Blocks(): object {
  const row = { major: 254, minor: 0 };
  return { io_service_bytes_recursive: ['read', 'write'].map((op) => ({ ...row, op, value: 0 })) };
}

/** Zeros at the top level are left out, as `omitempty` does. */
function withoutZeros(figures: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== 0 && value !== undefined));
}

function usageOf({ usage, anon = 0, file = 0, kernel = 0 }: Held): number {
  return usage ?? anon + file + kernel;
}

function v2Memory(held: Held, limit: number): object {
  const { anon, file, inactiveFile, shmem, kernel } = held;
  const active = file === undefined || inactiveFile === undefined ? undefined : Math.max(0, file - (shmem ?? 0) - inactiveFile);
  const stats = {
    ...{ active_anon: 4096, active_file: active, anon, anon_thp: 0, file, file_dirty: 0, file_mapped: 0, file_writeback: 0 },
    ...{ inactive_anon: anon, inactive_file: inactiveFile, kernel_stack: kernel === undefined ? undefined : 0, pgfault: 1713 },
    ...{ pgmajfault: 1, shmem, slab: kernel, slab_reclaimable: 0, slab_unreclaimable: kernel, sock: 0, unevictable: 0 },
  };
  return withoutZeros({ usage: usageOf(held), stats, limit });
}

function v1Memory(held: Held, limit: number, limitBytes: number | null): object {
  const { anon, file, inactiveFile, shmem = 0 } = held;
  const active = file === undefined || inactiveFile === undefined ? undefined : Math.max(0, file - shmem - inactiveFile);
  const tree = {
    ...{ active_anon: shmem, active_file: active, cache: file, dirty: 0, inactive_anon: anon, inactive_file: inactiveFile },
    ...{ mapped_file: 0, pgfault: 1126, pgmajfault: 0, pgpgin: 1881, pgpgout: 871, rss: anon, rss_huge: 0 },
    ...{ unevictable: 0, writeback: 0 },
  };
  const stats = {
    ...tree,
    ...{ hierarchical_memory_limit: limitBytes ?? V1_NO_LIMIT, hierarchical_memsw_limit: V1_NO_LIMIT },
    ...Object.fromEntries(Object.entries(tree).map(([name, value]) => [`total_${name}`, value])),
  };
  const usage = usageOf(held);
  return withoutZeros({ usage, max_usage: usage, stats, failcnt: 0, limit });
}

/** Absent with network `none`. */
function networks({ netRxBytes, netTxBytes }: Held): object {
  if (netRxBytes === undefined && netTxBytes === undefined) return {};
  const none = { rx_packets: 0, rx_errors: 0, rx_dropped: 0, tx_packets: 0, tx_errors: 0, tx_dropped: 0 };
  return { networks: { eth0: { rx_bytes: netRxBytes ?? 0, tx_bytes: netTxBytes ?? 0, ...none } } };
}
