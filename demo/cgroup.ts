import { existsSync, readFileSync } from 'node:fs';
import { linearRegression } from 'simple-statistics';

/**
 * The demo's own look at a container's memory, past Leakwatch and Docker: the kernel's `memory.stat`. It is what the answer
 * of `/leak check` is held against.
 */
export function anonBytes(containerId: string): number | null {
  const places = [
    [`/sys/fs/cgroup/memory/docker/${containerId}/memory.stat`, 'total_rss'],
    [`/sys/fs/cgroup/docker/${containerId}/memory.stat`, 'anon'],
    [`/sys/fs/cgroup/system.slice/docker-${containerId}.scope/memory.stat`, 'anon'],
  ] as const;
  for (const [path, field] of places) {
    if (!existsSync(path)) continue;
    const line = readFileSync(path, 'utf8')
      .split('\n')
      .find((candidate) => candidate.startsWith(`${field} `));
    return line ? Number(line.split(' ')[1]) : null;
  }
  return null;
}

export type Track = { readonly containerId: string; readonly points: [number, number][] };

/** Slope in bytes per hour by least squares over the points since `fromMs`. */
export function slopeBytesPerHour(points: readonly [number, number][], fromMs: number): number {
  const used = points.filter(([t]) => t >= fromMs).map(([t, bytes]): [number, number] => [(t - fromMs) / 3_600_000, bytes]);
  return linearRegression(used).m;
}
