import { personError } from '../../errors.js';
import type { Values } from '../../model/heap.js';
import { messages, type Outline, STACK, spanOf } from './decode-outline.js';
import type { Tables } from './decode-tables.js';
import { type Drop, firstLeft } from './drop-frames.js';
import { LIMITS } from './limits.js';
import type { Strings } from './strings.js';
import { BYTES, damaged, VARINT, Wire } from './wire.js';

type Large = { readonly measure: number; readonly stack: number; readonly exact: bigint };
export type Stacks = {
  readonly stackCount: number;
  readonly firstFrame: Uint32Array;
  readonly frames: Uint32Array;
  readonly values: readonly Values[];
};

/** Decodes the stacks, each frame as the site that it is in. Throws on a location that is not there, or values for other measures. */
export function decodeStacks({ bytes, strings, spans, measures }: Outline, tables: Tables, drop: Drop | null): Stacks {
  const span = spanOf({ spans }, STACK);
  const stackCount = span.count;
  const firstFrame = new Uint32Array(stackCount + 1);
  // A location takes a byte at least; pages that are not written to take no memory.
  const frames = new Frames(Math.min(LIMITS.frames, span.bytes));
  const values = measures.map(() => new Float64Array(stackCount));
  const large: Large[] = [];
  const locations = new Uint32Array(LIMITS.depth);
  const from = drop?.from ?? tables.from;
  const wire = new Wire(bytes);
  const label = new Wire(bytes);
  let stack = 0;
  for (const { start, stop } of messages(bytes, span)) {
    let depth = 0;
    let valueCount = 0;
    wire.reset(start, stop);
    while (wire.next()) {
      const { field, kind } = wire;
      if (field === 1 || field === 2) {
        if (kind !== BYTES) wire.expect(VARINT);
        const last = kind === BYTES ? wire.stop : wire.at + 1;
        if (kind === BYTES) wire.end = last;
        if (field === 1) {
          depth = tables.locations.places(wire, last, locations, depth);
          if (wire.at < last) throw personError(`is refused: a stack of more than ${LIMITS.depth} calls.`);
        } else {
          for (; wire.at < last; valueCount += 1) {
            const number = wire.varint();
            const column = values[valueCount];
            if (!column) continue;
            column[stack] = number;
            if (number > Number.MAX_SAFE_INTEGER) {
              const exact = wire.signed(number);
              column[stack] = Number(exact);
              if (!Number.isSafeInteger(column[stack])) large.push({ measure: valueCount, stack, exact });
            }
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
    frames.add(locations, drop ? firstLeft(drop, locations, depth) : 0, depth, from, tables.to);
    stack += 1;
    firstFrame[stack] = frames.count;
  }
  return {
    stackCount,
    firstFrame,
    frames: frames.all(),
    values: values.map((column, measure) => exactly(column, measure, large)),
  };
}

/** A column of numbers, or of bigints where one of its values is too large for a number. */
function exactly(column: Float64Array, measure: number, large: readonly Large[]): Values {
  const mine = large.filter((value) => value.measure === measure);
  if (mine.length === 0) return column;
  const whole = BigInt64Array.from(column, BigInt);
  for (const { stack, exact } of mine) whole[stack] = exact;
  return whole;
}

/** Labels (a request's id, a block's size) split stacks; sums over functions do not need them. */
function checkLabel(wire: Wire, label: Wire, strings: Strings): void {
  wire.expect(BYTES);
  label.reset(wire.at, wire.stop);
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

  /** The sites of the locations `first` … `last` − 1. */
  add(locations: Uint32Array, first: number, last: number, froms: Uint32Array, tos: Uint32Array): void {
    let { count, column } = this;
    for (let i = first; i < last; i += 1) {
      const location = locations[i] ?? 0;
      const from = froms[location] ?? 0;
      const to = tos[location] ?? 0;
      if (count + to - from > column.length) column = this.longer(count, count + to - from);
      for (let site = from; site < to; site += 1, count += 1) column[count] = site;
    }
    this.count = count;
  }

  private longer(count: number, needed: number): Uint32Array {
    if (needed > LIMITS.frames) throw personError(`is refused: more than ${LIMITS.frames} calls in all stacks together.`);
    const longer = new Uint32Array(Math.min(LIMITS.frames, 2 * needed));
    longer.set(this.column.subarray(0, count));
    this.column = longer;
    return longer;
  }

  all(): Uint32Array {
    return this.column.subarray(0, this.count);
  }
}
