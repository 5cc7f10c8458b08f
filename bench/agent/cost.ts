import { readFileSync } from 'node:fs';

/** What a process has used: seconds of CPU since its start, MiB now and at most (Linux, /proc). */
export type Cost = { readonly cpuSeconds: number; readonly rssMib: number; readonly peakRssMib: number };

/** `getconf CLK_TCK` is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export function costOf(pid: number): Cost {
  // The name of the process is in brackets and may have blanks; user and system time are fields 14 and 15 (proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    rssMib: mib('VmRSS'),
    peakRssMib: mib('VmHWM'),
  };
}
