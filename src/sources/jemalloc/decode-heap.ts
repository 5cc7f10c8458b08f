import { personError } from '../../errors.js';
import type { Heap } from '../../model/heap.js';
import { HeapBuilder } from '../heap-builder.js';
import { Mappings, unsampled } from '../mappings.js';
import { textLines } from '../text-lines.js';
import { MOST_FRAMES, tooMany, wholeNumber } from '../whole-number.js';

const HEADER = /^heap_v2\/(\d+)$/;
const STACK = /^@((?: 0x[0-9a-f]{1,16})*)$/;
/** Of all threads; those of each (`t7:`) are parts of it. In brackets: allocated since the start, where jemalloc was told to count. */
const ALL_THREADS = /^ *t\*: (\d+): (\d+) \[\d+: \d+\]$/;
const ONE_THREAD = /^ *t\d+: \d+: \d+ \[\d+: \d+\]/;

const MEASURES = [
  { name: 'inuse_objects', unit: 'count' },
  { name: 'inuse_space', unit: 'bytes' },
] as const;

/**
 * Decodes a heap dump of jemalloc's (`MALLOC_CONF=prof:true`), which `go tool pprof` does not read. One byte in so many of the header
 * was sampled: it is scaled here, stack by stack. The sums before the first stack must be those of all: a text that was cut off does not pass.
 */
export function decodeJemalloc(text: string): Heap {
  const heap = new HeapBuilder(MEASURES, MOST_FRAMES);
  const mappings = new Mappings(heap);
  const rows: { addresses: readonly string[]; values: readonly [number, number] }[] = [];
  let [rate, sums, found]: [number, [number, number] | null, [number, number]] = [1, null, [0, 0]];
  let addresses: readonly string[] | null = null;
  let inMappings = false;
  for (const { number, line } of textLines(text)) {
    const [stack, calls] = STACK.exec(line) ?? [];
    const [all, objects, bytes] = ALL_THREADS.exec(line) ?? [];
    if (number === 1) rate = wholeNumber(HEADER.exec(line)?.[1], number);
    else if (inMappings) mappings.add(line);
    else if (line.startsWith('MAPPED_LIBRARIES')) inMappings = true;
    else if (stack !== undefined) addresses = (calls ?? '').trim().split(' ').filter(Boolean);
    else if (all !== undefined) {
      const values = [wholeNumber(objects, number), wholeNumber(bytes, number)] as const;
      if (!sums) sums = [...values];
      else if (!addresses) throw personError(`line ${number}: is damaged: figures without a stack.`);
      else {
        rows.push({ addresses, values });
        found = [found[0] + values[0], found[1] + values[1]];
        addresses = null;
      }
    } else if (line.trim() !== '' && !ONE_THREAD.test(line))
      throw personError(`line ${number}: is damaged: it is no part of a heap dump.`);
  }
  if (found[0] !== sums?.[0] || found[1] !== sums[1]) {
    throw personError(
      `is damaged or cut off: its stacks hold ${found.join(' objects, ')} bytes, and it says ${sums?.join(' and ')}.`,
    );
  }
  for (const { addresses: of, values } of rows) {
    if (!heap.stack(mappings.stack(of), unsampled(...values, rate))) throw tooMany();
  }
  return heap.build(rate);
}
