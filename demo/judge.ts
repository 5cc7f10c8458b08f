/** How far the answer's rate may be from what the kernel says the memory did in the same time. */
const TOLERANCE = 0.15;
const UNIT_BYTES: Record<string, number> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** `… leaking: +720 MiB/h per replica …` in bytes per hour; NaN when there is no rate in it. */
export function rateOf(text: string): number {
  const match = /\+([\d.,]+)\s(KiB|MiB|GiB)\/h/.exec(text);
  return match ? Number(String(match[1]).replaceAll(',', '')) * (UNIT_BYTES[String(match[2])] ?? Number.NaN) : Number.NaN;
}

/** One sentence when the rate is wrong, none when it is right. The answer speaks of the middle of the replicas. */
export function judgeRate(saidBytesPerHour: number, measured: readonly number[]): string[] {
  if (!measured.every(Number.isFinite))
    return [
      'api-svc: its memory.stat was not found below /sys/fs/cgroup, so that the rate could not be held against the kernel’s',
    ];
  const middle = measured.reduce((sum, slope) => sum + slope, 0) / measured.length;
  const off = Math.abs(saidBytesPerHour / middle - 1);
  if (off <= TOLERANCE) return [];
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  return [`api-svc: the answer says +${mib(saidBytesPerHour)} MiB/h, its cgroups grew by +${mib(middle)} MiB/h`];
}
