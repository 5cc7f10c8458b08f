import type { Series } from '../model/assessment.js';
import type { DockerStats } from '../model/docker-stats.js';
import { isBytes, limitOf, type Sample } from '../model/sample.js';

/** Samples further apart say nothing of the CPU now: a roll-up's width. */
const APART_MS = 5 * 60_000;
const NANOS_PER_MS = 1e6;

/**
 * The figures of `docker stats` from what was sampled last; null when nothing was in this life. As docker/cli has them
 * (cli/command/container/stats_helpers.go), but for CPU: there the change of the container's over that of the whole machine's, times
 * its CPUs, and here over the time that went by, which is the same thing as the kernel's 10 ms ticks count it.
 */
export function dockerStatsOf({ samples, replica }: Pick<Series, 'samples' | 'replica'>): DockerStats | null {
  const [before, latest] = [samples.at(-2), samples.at(-1)];
  const { startedAtMs } = replica.run;
  if (!latest || latest.t < startedAtMs) return null;
  const cpuShare = before && before.t >= startedAtMs ? cpuBetween(before, latest) : undefined;
  const memoryBytes = memoryOf(latest);
  return {
    limitBytes: limitOf(latest, replica.limitBytes),
    ...(cpuShare === undefined ? {} : { cpuShare }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...present(latest),
  };
}

function cpuBetween(before: Sample, { t, cpuNanos }: Sample): number | undefined {
  const [spanMs, nanos] = [t - before.t, (cpuNanos ?? Number.NaN) - (before.cpuNanos ?? Number.NaN)];
  return spanMs > 0 && spanMs <= APART_MS && nanos >= 0 ? nanos / (spanMs * NANOS_PER_MS) : undefined;
}

/** Usage without inactive page cache; usage alone when that is not smaller. */
function memoryOf({ usage, inactiveFile }: Sample): number | undefined {
  if (!isBytes(usage)) return undefined;
  return isBytes(inactiveFile) && inactiveFile < usage ? usage - inactiveFile : usage;
}

const COUNTERS = ['netRxBytes', 'netTxBytes', 'blkReadBytes', 'blkWriteBytes', 'pids'] as const;

function present(sample: Sample): Pick<DockerStats, (typeof COUNTERS)[number]> {
  return Object.fromEntries(COUNTERS.flatMap((name) => (isBytes(sample[name]) ? [[name, sample[name]]] : [])));
}
