import type { GoFacts } from '../../model/profiler.js';

/** `runtime.MemStats` comes last, and is 10 KB. */
const TAIL_BYTES = 64 * 1024;

/**
 * What Go says of itself in the text forms of two profiles. Only figures are taken from them: the text of goroutines has their labels,
 * which may name customers.
 *
 *     goroutine profile: total 412          # Sys = 21338376      # HeapReleased = 5242880
 *     …                                     # HeapAlloc = 8270208 # NextGC = 10783778
 */
export function decodeFacts(goroutines: Buffer | null, heap: Buffer | null): GoFacts {
  const total = Number(/^goroutine profile: total (\d{1,9})\n/.exec(goroutines?.toString('latin1', 0, 100) ?? '')?.[1]);
  const text = heap?.toString('latin1', Math.max(0, heap.length - TAIL_BYTES)) ?? '';
  const figure = (name: string) => Number(new RegExp(`^# ${name} = (\\d{1,15})$`, 'm').exec(text)?.[1]);
  const memory = {
    ...{ sysBytes: figure('Sys'), releasedBytes: figure('HeapReleased') },
    ...{ liveBytes: figure('HeapAlloc'), nextGcBytes: figure('NextGC') },
  };
  return {
    ...(Number.isFinite(total) ? { goroutines: total } : {}),
    ...(Object.values(memory).every(Number.isFinite) ? { memory } : {}),
  };
}
