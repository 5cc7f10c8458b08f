import { Column } from './column.js';

const NONE = new Float64Array(0);

/**
 * Makes columns over x, and numbers them. Each kind has a loop of its own, without a call for each value: of thousands of values that
 * are made for one verdict, few are worth more than a call.
 */
export class ColumnMaker {
  readonly #x: Float64Array;
  readonly #last: number;
  readonly #atATime: number;
  #next: number;
  #block = NONE;
  #used = 0;

  /** Gives numbers from `first` to `last`. `atATime`: so many columns stand in one array. */
  constructor(x: Float64Array, first: number, last: number, atATime: number) {
    this.#x = x;
    this.#next = first;
    this.#last = last;
    this.#atATime = atATime;
  }

  step(knot: number): Column {
    const [x, { block, from }] = [this.#x, this.#place()];
    for (let i = 0; i < x.length; i += 1) block[from + i] = (x[i] ?? 0) >= knot ? 1 : 0;
    return this.#add(block, from);
  }

  hinge(knot: number): Column {
    const [x, { block, from }] = [this.#x, this.#place()];
    for (let i = 0; i < x.length; i += 1) block[from + i] = Math.max(0, (x[i] ?? 0) - knot);
    return this.#add(block, from);
  }

  /** One more from each knot on, less the line (of least squares) through that. */
  stairs(knots: readonly number[]): Column {
    const [x, { block, from }] = [this.#x, this.#place()];
    let [sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0];
    for (let i = 0; i < x.length; i += 1) {
      const at = x[i] ?? 0;
      let count = 0;
      for (const knot of knots) if (at >= knot) count += 1;
      block[from + i] = count;
      sumX += at;
      sumY += count;
      sumXX += at * at;
      sumXY += at * count;
    }
    const n = x.length;
    const slope = (n * sumXY - sumX * sumY) / (n * sumXX - sumX * sumX);
    const base = (sumY - slope * sumX) / n;
    for (let i = 0; i < n; i += 1) block[from + i] = (block[from + i] ?? 0) - base - slope * (x[i] ?? 0);
    return this.#add(block, from);
  }

  saturating(tau: number, begin: number): Column {
    const [x, { block, from }] = [this.#x, this.#place()];
    for (let i = 0; i < x.length; i += 1) {
      const left = begin - (x[i] ?? 0);
      block[from + i] = left > 0 ? 0 : 1 - Math.exp(left / tau);
    }
    return this.#add(block, from);
  }

  /** Sine and cosine; `turn`: radians over the whole of x. */
  wave(turn: number): readonly [Column, Column] {
    const [x, sines, cosines] = [this.#x, this.#place(), this.#place()];
    for (let i = 0; i < x.length; i += 1) {
      const angle = turn * (x[i] ?? 0);
      sines.block[sines.from + i] = Math.sin(angle);
      cosines.block[cosines.from + i] = Math.cos(angle);
    }
    return [this.#add(sines.block, sines.from), this.#add(cosines.block, cosines.from)];
  }

  curve(at: (x: number) => number): Column {
    const [x, { block, from }] = [this.#x, this.#place()];
    for (let i = 0; i < x.length; i += 1) block[from + i] = at(x[i] ?? 0);
    return this.#add(block, from);
  }

  /** Between two bends; `parts`: the hinges at them. */
  rise(from: number, to: number, parts: readonly [Column, Column]): Column {
    return this.#add(NONE, 0, { x: this.#x, from, to, parts });
  }

  given(values: Float64Array): Column {
    return this.#add(values, 0);
  }

  /** For the values of one more. */
  #place(): { readonly block: Float64Array; readonly from: number } {
    const { length } = this.#x;
    if (this.#used === this.#block.length) [this.#block, this.#used] = [new Float64Array(this.#atATime * length), 0];
    const from = this.#used;
    this.#used += length;
    return { block: this.#block, from };
  }

  #add(block: Float64Array, from: number, rise: Column['rise'] = null): Column {
    if (this.#next > this.#last) throw new Error(`no more than ${this.#last} columns are foreseen`);
    const column = new Column(this.#next, this.#x.length, block, from, rise);
    this.#next += 1;
    return column;
  }
}
