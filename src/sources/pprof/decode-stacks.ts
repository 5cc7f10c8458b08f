import { personError } from '../../errors.js';
import { messages, type Outline, STACK } from './decode-outline.js';
import type { Tables } from './decode-tables.js';
import { type Drop, firstLeft } from './drop-frames.js';
import { LIMITS } from './limits.js';
import type { Strings } from './strings.js';
import { BYTES, damaged, VARINT, Wire } from './wire.js';

export type Stacks = {
  readonly stackCount: number;
  readonly firstFrame: Uint32Array;
  readonly frames: Uint32Array;
  readonly values: readonly BigInt64Array[];
};

/** Decodes the stacks, each frame as the site that it is in. Throws on a location that is not there, or values for other measures. */
export function decodeStacks({ bytes, strings, counts, sizes, measures }: Outline, tables: Tables, drop: Drop | null): Stacks {
  const stackCount = counts[STACK] ?? 0;
  const firstFrame = new Uint32Array(stackCount + 1);
  // A location takes a byte at least; pages that are not written to take no memory.
  const frames = new Frames(sizes[STACK] ?? 0);
  const values = measures.map(() => new BigInt64Array(stackCount));
  const locations = new Uint32Array(LIMITS.depth);
  const from = drop?.from ?? tables.from;
  const [wire, label] = [new Wire(bytes), new Wire(bytes)];
  let stack = 0;
  for (const { start, stop } of messages(bytes, STACK)) {
    let [depth, valueCount] = [0, 0];
    [wire.at, wire.end] = [start, stop];
    while (wire.next()) {
      const { field, kind } = wire;
      if (field === 1 || field === 2) {
        if (kind !== BYTES) wire.expect(VARINT);
        const last = kind === BYTES ? wire.stop : wire.at + 1;
        if (kind === BYTES) wire.end = last;
        while (wire.at < last) {
          const number = wire.varint();
          if (field === 1) {
            if (depth >= LIMITS.depth) throw personError(`is refused: a stack of more than ${LIMITS.depth} calls.`);
            locations[depth] = tables.locations.place(wire.exactly(number), start);
            depth += 1;
          } else {
            const column = values[valueCount];
            if (column) column[stack] = wire.signed(number);
            valueCount += 1;
          }
        }
        wire.end = stop;
      } else {
        if (field === 3) checkLabel(wire, label, strings);
        wire.skip();
      }
    }
    if (valueCount !== measures.length) {
      throw damaged(`a stack has ${valueCount} values, and ${measures.length} are counted`, start);
    }
    for (let i = drop ? firstLeft(drop, locations, depth) : 0; i < depth; i += 1) {
      const location = locations[i] ?? 0;
      frames.add(from[location] ?? 0, tables.to[location] ?? 0);
    }
    stack += 1;
    firstFrame[stack] = frames.count;
  }
  return { stackCount, firstFrame, frames: frames.all(), values };
}

/** Labels (a request's id, a block's size) split stacks; sums over functions do not need them. */
function checkLabel(wire: Wire, label: Wire, strings: Strings): void {
  wire.expect(BYTES);
  [label.at, label.end] = [wire.at, wire.stop];
  while (label.next()) {
    if (label.field > 4) label.skip();
    else {
      const at = label.at;
      label.expect(VARINT);
      const number = label.varint();
      // 1 key, 2 text, 4 unit; 3 is a number.
      if (label.field !== 3) strings.check(number, at);
    }
  }
}

/** A column that grows. */
class Frames {
  count = 0;
  private column: Uint32Array;

  constructor(length: number) {
    this.column = new Uint32Array(length);
  }

  add(from: number, to: number): void {
    const count = this.count + to - from;
    if (count > LIMITS.frames) throw personError(`is refused: more than ${LIMITS.frames} calls in all stacks together.`);
    if (count > this.column.length) {
      const longer = new Uint32Array(Math.min(LIMITS.frames, 2 * count));
      longer.set(this.column.subarray(0, this.count));
      this.column = longer;
    }
    for (let i = this.count, site = from; site < to; i += 1, site += 1) this.column[i] = site;
    this.count = count;
  }

  all(): Uint32Array {
    return this.column.subarray(0, this.count);
  }
}
