import { personError } from '../../errors.js';

/** The kinds of value in protobuf's encoding: https://protobuf.dev/programming-guides/encoding/ */
export const VARINT = 0;
const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

/** Ten groups of seven bits hold 64. */
const MAX_VARINT_BYTES = 10;
const SAFE = Number.MAX_SAFE_INTEGER;

/** The bytes are not what they should be: the sentence goes behind the name of the file. */
export function damaged(what: string, at: number): Error {
  return personError(`is damaged at byte ${at} (unpacked): ${what}.`);
}

/**
 * Reads protobuf from `at` to `end`, never past it, and never backwards: whatever the bytes are, work is linear in them. Throws a
 * person's error at the first byte that is wrong.
 */
export class Wire {
  readonly bytes: Uint8Array;
  at: number;
  end: number;
  /** Of the field that was read last: its number and kind. For `BYTES`, `at` is where they begin and `stop` where they end. */
  field = 0;
  kind = 0;
  stop = 0;
  private whole = 0n;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** To other bytes of the same: a message in it. Assignments in pairs cost a tenth of a second where code runs cold. */
  reset(at: number, end: number): void {
    this.at = at;
    this.end = end;
  }

  /** Steps to the next field; false at the end. The value comes next: `varint`, or the bytes up to `stop`. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const from = this.at;
    const tag = this.varint();
    this.field = Math.floor(tag / 8);
    this.kind = tag % 8;
    if (this.field === 0) throw damaged('field 0, which is not possible', from);
    if (this.kind === BYTES) {
      const length = this.varint();
      this.stop = this.at + length;
      if (this.stop > this.end) {
        throw damaged(`${length} bytes are announced and ${this.end - this.at} are there: it is cut off, or no profile`, from);
      }
    } else if (this.kind !== VARINT && this.kind !== FIXED64 && this.kind !== FIXED32) {
      throw damaged(`a value of kind ${this.kind}, which is not possible`, from);
    }
    return true;
  }

  /** Steps over the value of a field that nobody needs. */
  skip(): void {
    if (this.kind === VARINT) this.varint();
    else this.at = this.kind === BYTES ? this.stop : this.at + (this.kind === FIXED64 ? 8 : 4);
    if (this.at > this.end) throw damaged('it is cut off', this.end);
  }

  expect(kind: number): void {
    if (this.kind !== kind) throw damaged(`field ${this.field} is of kind ${this.kind}, not ${kind}`, this.at);
  }

  /** Unsigned. Above 2^53 it is rounded; `exactly` and `signed` know it whole. */
  varint(): number {
    const { bytes, end } = this;
    let at = this.at;
    let value = 0;
    // Four bytes hold nearly every value, and 28 bits need no care.
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= end) throw damaged('it is cut off in the middle of a number', at);
      const byte = bytes[at++] ?? 0;
      if (byte < 0x80) {
        this.at = at;
        return value | (byte << shift);
      }
      value |= (byte & 0x7f) << shift;
    }
    for (let scale = 2 ** 28; at < this.at + MAX_VARINT_BYTES; scale *= 128) {
      if (at >= end) throw damaged('it is cut off in the middle of a number', at);
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return this.long(value, at);
    }
    throw damaged('a number of more than ten bytes', this.at);
  }

  private long(rounded: number, next: number): number {
    const from = this.at;
    this.at = next;
    if (rounded <= SAFE) return rounded;
    this.whole = 0n;
    for (let at = next - 1; at >= from; at -= 1) this.whole = (this.whole << 7n) | BigInt((this.bytes[at] ?? 0) & 0x7f);
    if (this.whole >= 2n ** 64n) throw damaged('a number of more than 64 bits', from);
    return rounded;
  }

  /** What `varint` gave, exact: an id. */
  exactly(value: number): number | bigint {
    return value <= SAFE ? value : this.whole;
  }

  /** What `varint` gave, as the int64 that it is. */
  signed(value: number): bigint {
    return value <= SAFE ? BigInt(value) : BigInt.asIntN(64, this.whole);
  }
}
