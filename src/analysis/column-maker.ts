import { Column } from './column.js';

const NONE = new Float64Array(0);
const ROWS_AT_A_TIME = 96;

/**
 * Makes the columns of a basis over x. Each kind has a loop of its own, without a call for each value: of thousands of values that
 * are made for one verdict, few are worth more than a call.
 */
export class ColumnMaker {
  /** All that were made so far, by their index. */
  readonly columns: Column[] = [];
  readonly #x: Float64Array;
  readonly #named = new Map<string, Column>();
  #block = NONE;
  #used = 0;

  constructor(x: Float64Array) {
    this.#x = x;
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

  /** Those of twice the angle: 2 sin cos, and 1 − 2 sin². */
  doubled([sine, cosine]: readonly [Column, Column]): readonly [Column, Column] {
    const [n, sines, cosines] = [this.#x.length, this.#place(), this.#place()];
    for (let i = 0; i < n; i += 1) {
      const [sin, cos] = [sine.block[sine.from + i] ?? 0, cosine.block[cosine.from + i] ?? 0];
      sines.block[sines.from + i] = 2 * sin * cos;
      cosines.block[cosines.from + i] = 1 - 2 * sin * sin;
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

  given(name: string, values: Float64Array): Column {
    const column = this.#named.get(name) ?? this.#add(values, 0);
    this.#named.set(name, column);
    return column;
  }

  /** For the values of one more. */
  #place(): { readonly block: Float64Array; readonly from: number } {
    const { length } = this.#x;
    if (this.#used === this.#block.length) [this.#block, this.#used] = [new Float64Array(ROWS_AT_A_TIME * length), 0];
    const from = this.#used;
    this.#used += length;
    return { block: this.#block, from };
  }

  #add(block: Float64Array, from: number, rise: Column['rise'] = null): Column {
    const column = new Column(this.columns.length, this.#x.length, block, from, rise);
    this.columns.push(column);
    return column;
  }
}
