import { personError } from '../../errors.js';
import { LIMITS } from './limits.js';
import { damaged } from './wire.js';

/** The string table: where each text lies. Texts are made when they are asked for, each once: most are never. */
export class Strings {
  private readonly bytes: Buffer;
  private readonly starts: Uint32Array;
  private readonly ends: Uint32Array;
  private count = 0;
  private readonly made = new Map<number, string>();

  constructor(bytes: Buffer, count: number) {
    [this.bytes, this.starts, this.ends] = [bytes, new Uint32Array(count), new Uint32Array(count)];
  }

  add(start: number, end: number): void {
    if (this.count === 0 && end > start) throw damaged('the first text of its table is not empty', start);
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.count += 1;
  }

  /** Throws when there is no such text; says nothing otherwise. */
  check(index: number, at: number): number {
    if (index >= this.count) throw damaged(`there is no text ${index}, only ${this.count}`, at);
    return index;
  }

  /** What is no UTF-8 in it is replaced, as everywhere. */
  text(index: number, at: number): string {
    const known = this.made.get(this.check(index, at));
    if (known !== undefined) return known;
    const start = this.starts[index] ?? 0;
    const end = this.ends[index] ?? 0;
    if (end - start > LIMITS.textBytes) throw personError(`is refused: a text of ${end - start} bytes in it.`);
    const text = this.bytes.toString('utf8', start, end);
    this.made.set(index, text);
    return text;
  }
}

/** Equal texts once, in the order in which they came. */
export class Names {
  readonly all: string[] = [];
  private readonly places = new Map<string, number>();

  place(text: string): number {
    const known = this.places.get(text);
    if (known !== undefined) return known;
    this.places.set(text, this.all.length);
    return this.all.push(text) - 1;
  }
}
