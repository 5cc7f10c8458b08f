import type { GoMemory } from '../../model/heap-evidence.js';

/** As `runtime.MemStats` is printed at the end of `/debug/pprof/heap?debug=1`, and as client_golang exports it. */
const FIELDS = {
  sysBytes: ['Sys', 'sys_bytes'],
  releasedBytes: ['HeapReleased', 'heap_released_bytes'],
  liveBytes: ['HeapAlloc', 'heap_alloc_bytes'],
  nextGcBytes: ['NextGC', 'next_gc_bytes'],
  stackBytes: ['Stack', 'stack_inuse_bytes'],
} as const;
/** It follows the stacks; two lists of 256 pauses are in it. */
const MEM_STATS = '# runtime.MemStats\n';

/**
 * What a Go process says of its own memory, of either text. Null where one of the figures is missing or none: an explanation made of a
 * part of them would be wrong. Live is what was allocated when it was asked: just after a collection (`gc=1`) that is the live heap.
 */
export function decodeGoMemory(text: string): GoMemory | null {
  const at = text.lastIndexOf(MEM_STATS);
  const read = ([printed, exported]: (typeof FIELDS)[keyof typeof FIELDS]): number =>
    at >= 0
      ? figure(text.slice(at), new RegExp(`^# ${printed} = (\\d{1,16})(?: / \\d+)?$`, 'm'))
      : figure(text, new RegExp(`^go_memstats_${exported} (\\d[\\d.e+]{0,24})$`, 'm'));
  const memory = {
    sysBytes: read(FIELDS.sysBytes),
    releasedBytes: read(FIELDS.releasedBytes),
    liveBytes: read(FIELDS.liveBytes),
    nextGcBytes: read(FIELDS.nextGcBytes),
  };
  if (!Object.values(memory).every(Number.isSafeInteger)) return null;
  const stackBytes = read(FIELDS.stackBytes);
  return Number.isSafeInteger(stackBytes) ? { ...memory, stackBytes } : memory;
}

function figure(text: string, line: RegExp): number {
  return Number(line.exec(text)?.[1] ?? Number.NaN);
}
