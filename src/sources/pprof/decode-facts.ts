import type { GoFacts } from '../../model/profiler.js';
import { decodeGoMemory } from './decode-go-memory.js';

/** `runtime.MemStats` comes last, and is 10 KB. */
const TAIL_BYTES = 64 * 1024;

/**
 * What Go says of itself in the text forms of two profiles. Only figures are taken from them: the text of goroutines has their labels,
 * which may name customers.
 */
export function decodeFacts(goroutines: Buffer | null, heap: Buffer | null): GoFacts {
  const total = Number(/^goroutine profile: total (\d{1,9})\n/.exec(goroutines?.toString('latin1', 0, 100) ?? '')?.[1]);
  const memory = heap && decodeGoMemory(heap.toString('latin1', Math.max(0, heap.length - TAIL_BYTES)));
  return { ...(Number.isFinite(total) ? { goroutines: total } : {}), ...(memory ? { memory } : {}) };
}
