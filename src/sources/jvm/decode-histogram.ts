import { personError } from '../../errors.js';
import type { Heap } from '../../model/heap.js';
import { HeapBuilder } from '../heap-builder.js';
import { textLines } from '../text-lines.js';
import { MOST_FRAMES, tooMany, wholeNumber } from '../whole-number.js';

/** Before Java 9 there is no module. A hidden class has a `/` in its name, none has a space. */
const ROW = /^ *\d+: +(\d+) +(\d+) +(\S+)(?: \(.*\))?$/;
const TOTAL = /^Total +(\d+) +(\d+)$/;

/**
 * Decodes what `jcmd PID GC.class_histogram` prints (so does `jmap -histo`): each class is a stack of one frame. Classes of one name
 * from several loaders are added up. The last line says the sums: a text that was cut off, or lost a row, does not pass.
 */
export function decodeHistogram(text: string): Heap {
  const heap = new HeapBuilder(
    [
      { name: 'instances', unit: 'count' },
      { name: 'bytes', unit: 'bytes' },
    ],
    MOST_FRAMES,
  );
  let [instances, bytes, isWhole] = [0, 0, false];
  for (const { number, line } of textLines(text)) {
    const [, many, size, name] = ROW.exec(line) ?? [];
    if (name !== undefined) {
      if (isWhole) throw personError(`line ${number}: is damaged: a row after the total.`);
      const values = [wholeNumber(many, number), wholeNumber(size, number)];
      [instances, bytes] = [instances + (values[0] ?? 0), bytes + (values[1] ?? 0)];
      if (!heap.stack([heap.site(name, null, 0)], values)) throw tooMany();
      continue;
    }
    const [total, allInstances, allBytes] = TOTAL.exec(line) ?? [];
    if (total === undefined) continue;
    if (Number(allInstances) !== instances || Number(allBytes) !== bytes) {
      throw personError(
        `line ${number}: is damaged: the rows hold ${instances} instances and ${bytes} bytes, and it says ${total}.`,
      );
    }
    isWhole = true;
  }
  if (!isWhole) throw personError('is cut off: a class histogram ends with its total.');
  return heap.build();
}
