import { personError } from '../../errors.js';
import type { Heap } from '../../model/heap.js';
import { HeapBuilder } from '../heap-builder.js';
import { Mappings, unsampled } from '../mappings.js';
import { textLines } from '../text-lines.js';
import { MOST_FRAMES, tooMany, wholeNumber } from '../whole-number.js';

/** https://gperftools.github.io/gperftools/heapprofile.html: in use, in brackets allocated since the start, and the calls. */
const STACK = /^ *(\d+): +(\d+) \[ *(\d+): +(\d+)\] @((?: 0x[0-9a-f]{1,16})*)$/;
const HEADER = /^heap profile: +(\d+): +(\d+) \[ *(\d+): +(\d+)\] @ (heapprofile|heap_v2\/(\d+))$/;

const MEASURES = [
  { name: 'alloc_objects', unit: 'count' },
  { name: 'alloc_space', unit: 'bytes' },
  { name: 'inuse_objects', unit: 'count' },
  { name: 'inuse_space', unit: 'bytes' },
] as const;

type Row = { readonly values: readonly number[]; readonly addresses: readonly string[] };

/**
 * Decodes a heap profile of gperftools (`HEAPPROFILE=…`) as text. `heapprofile` saw every block; `heap_v2/RATE` sampled, and is
 * scaled here. Its first line says the sums of what is in use: a text that was cut off does not pass.
 */
export function decodeTcmalloc(text: string): Heap {
  const heap = new HeapBuilder(MEASURES, MOST_FRAMES);
  const mappings = new Mappings(heap);
  const rows: Row[] = [];
  let sums: readonly number[] = [];
  let rate = 1;
  let inMappings = false;
  for (const { number, line } of textLines(text)) {
    if (number === 1) {
      const header = HEADER.exec(line);
      if (!header) throw personError('line 1: is damaged: it is no header of a heap profile.');
      sums = [wholeNumber(header[1], number), wholeNumber(header[2], number)];
      rate = header[6] === undefined ? 1 : wholeNumber(header[6], number);
    } else if (inMappings) mappings.add(line);
    else if (line.startsWith('MAPPED_LIBRARIES')) inMappings = true;
    else if (line.trim() !== '') {
      const row = STACK.exec(line);
      if (!row) throw personError(`line ${number}: is damaged: it is no stack of a heap profile.`);
      const [inUse, bytes, allocated, allBytes] = row.slice(1, 5).map((digits) => wholeNumber(digits, number));
      const values = [...[allocated, allBytes], ...[inUse, bytes]].map((value) => value ?? 0);
      rows.push({ values, addresses: (row[5] ?? '').trim().split(' ').filter(Boolean) });
    }
  }
  const found = [2, 3].map((measure) => rows.reduce((sum, { values }) => sum + (values[measure] ?? 0), 0));
  if (found[0] !== sums[0] || found[1] !== sums[1]) {
    throw personError(
      `is damaged or cut off: its stacks hold ${found.join(' objects, ')} bytes, and it says ${sums.join(' and ')}.`,
    );
  }
  for (const { values, addresses } of rows) {
    const [allocated = 0, allBytes = 0, inUse = 0, bytes = 0] = values;
    const scaled = [...unsampled(allocated, allBytes, rate), ...unsampled(inUse, bytes, rate)];
    if (!heap.stack(mappings.stack(addresses), scaled)) throw tooMany();
  }
  return heap.build(rate);
}
