import { personError } from '../../errors.js';
import type { Heap } from '../../model/heap.js';
import { HeapBuilder } from '../heap-builder.js';
import { textLines } from '../text-lines.js';
import { MOST_FRAMES, tooMany, wholeNumber } from '../whole-number.js';

const ROW = /^ *(\d+) +(\d+) +(\S.*)$/;

/** Decodes objects that Python's garbage collector knows, by type: bytes, how many, `module.type` in each line. */
export function decodeGcHistogram(text: string): Heap {
  const heap = new HeapBuilder(
    [
      { name: 'objects', unit: 'count' },
      { name: 'bytes', unit: 'bytes' },
    ],
    MOST_FRAMES,
  );
  if (!text.endsWith('\n')) throw personError('is cut off: it ends in the middle of a line.');
  for (const { number, line } of textLines(text)) {
    if (line.trim() === '') continue;
    const [, size, many, name] = ROW.exec(line) ?? [];
    if (name === undefined) throw personError(`line ${number}: is damaged: bytes, a count and a type are expected.`);
    if (!heap.stack([heap.site(name, null, 0)], [wholeNumber(many, number), wholeNumber(size, number)])) throw tooMany();
  }
  return heap.build();
}
