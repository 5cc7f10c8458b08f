import type { Column } from './column.js';
import { type LeastSquares, leastSquares, SINGULAR } from './least-squares.js';
import { type Noise, whitenInto } from './noise.js';

/** No shape has more columns. */
const MOST = 12;
/** Room for so many columns and rows at first, and for twice as many when that is full. */
const [COLUMNS, ROWS] = [256, 32];

/**
 * A floor and columns as one noise lets them be seen (`noise.ts`). Hundreds of candidates share columns, and one floor after
 * another is held against them. So a column is whitened once, with its square and its product with the first column, which is in
 * nearly every candidate; with each floor, only its product with that is new. Rows stand one behind the other in one buffer.
 */
export class Whitened {
  readonly noise: Noise;
  readonly #first: Column;
  /** Columns of these numbers are another floor's at each look: from 1 to this. */
  readonly #own: number;
  readonly #floor: Float64Array;
  /** The floor that it is to look at, until it is asked something. */
  #next: Float64Array | null = null;
  /** A double from the start: V8 would compile all of it again for one that was small. */
  #square = Number.NaN;
  /** Counts the floors. */
  #look = 0;
  #rows: Float64Array;
  #used = 0;
  /** Of each column, by its number: where its row begins (−1: nowhere), whether it is whitened, and since which look it is held against the floor. */
  #at = new Int32Array(COLUMNS).fill(-1);
  #isWhite = new Uint8Array(COLUMNS);
  #since = new Uint32Array(COLUMNS);
  #squares = new Float64Array(COLUMNS);
  #withFirst = new Float64Array(COLUMNS);
  #withFloor = new Float64Array(COLUMNS);
  /** Of one candidate: the factor L of its normal equations, and L⁻¹X'y. */
  readonly #lower = new Float64Array(MOST * MOST);
  readonly #solved = new Float64Array(MOST);

  constructor(noise: Noise, first: Column, own: number) {
    this.noise = noise;
    this.#first = first;
    this.#own = own;
    this.#floor = new Float64Array(first.length);
    this.#rows = new Float64Array(ROWS * first.length);
  }

  /** From now on everything is asked of this floor: bytes, as many as a column has values. */
  look(floor: Float64Array): void {
    this.#next = floor;
  }

  /** Few noises are asked anything of a floor. */
  #begin(floor: Float64Array): void {
    this.#next = null;
    this.#look += 1;
    this.#isWhite.fill(0, 1, this.#own + 1);
    whitenInto(this.#floor, 0, floor, 0, this.noise);
    this.#square = this.#dot(this.#floor, 0, this.#floor, 0);
    this.#see(this.#first);
  }

  /**
   * Sum of squared residuals of the floor fitted on these columns, bytes²; NaN when they do not tell each other apart. By
   * Cholesky's factor of the normal equations, row by row, without anything that only the winner is asked for.
   */
  rss(columns: readonly Column[]): number {
    if (this.#next) this.#begin(this.#next);
    const [lower, solved] = [this.#lower, this.#solved];
    let rss = this.#square;
    for (let a = 0; a < columns.length; a += 1) {
      const column = columns[a] ?? this.#first;
      this.#see(column);
      let pivot = this.#squares[column.index] ?? 0;
      let left = this.#withFloor[column.index] ?? 0;
      const least = SINGULAR * pivot;
      for (let b = 0; b < a; b += 1) {
        let sum = this.#product(column, columns[b] ?? this.#first);
        for (let c = 0; c < b; c += 1) sum -= (lower[a * MOST + c] ?? 0) * (lower[b * MOST + c] ?? 0);
        const value = sum / (lower[b * MOST + b] ?? 1);
        lower[a * MOST + b] = value;
        pivot -= value * value;
        left -= value * (solved[b] ?? 0);
      }
      if (!(pivot > least)) return Number.NaN;
      const root = Math.sqrt(pivot);
      lower[a * MOST + a] = root;
      solved[a] = left / root;
      rss -= (left * left) / pivot;
    }
    return Math.max(0, rss);
  }

  /** The fit with all that is known of it. */
  fit(columns: readonly Column[]): LeastSquares | null {
    if (this.#next) this.#begin(this.#next);
    return leastSquares(
      columns.map((column) => this.#rowOf(column)),
      this.#floor,
    );
  }

  #rowOf(column: Column): Float64Array {
    const { index, rise } = column;
    this.#see(column);
    if (!rise) return this.#rows.subarray(this.#at[index], (this.#at[index] ?? 0) + this.#floor.length);
    const [of, less] = [this.#rowOf(rise.parts[0]), this.#rowOf(rise.parts[1])];
    return of.map((value, i) => value - (less[i] ?? 0));
  }

  #product(a: Column, b: Column): number {
    if (b.index === 0) return this.#withFirst[a.index] ?? 0;
    if (a.rise) return this.#product(a.rise.parts[0], b) - this.#product(a.rise.parts[1], b);
    if (b.rise) return this.#product(a, b.rise.parts[0]) - this.#product(a, b.rise.parts[1]);
    return this.#dot(this.#rows, this.#at[a.index] ?? 0, this.#rows, this.#at[b.index] ?? 0);
  }

  /** After it, all that is asked of a column and this floor is known. */
  #see(column: Column): void {
    const { index, rise } = column;
    if (this.#since[index] === this.#look) return;
    if (index >= this.#at.length) this.#makeRoom(index);
    this.#since[index] = this.#look;
    if (rise) this.#seeRise(index, rise.parts);
    else {
      if (this.#isWhite[index] === 0) this.#whiten(column);
      this.#withFloor[index] = this.#dot(this.#rows, this.#at[index] ?? 0, this.#floor, 0);
    }
    this.#isWhite[index] = 1;
  }

  /** By the sums of what it is the difference of: it needs no row. */
  #seeRise(index: number, [of, less]: readonly [Column, Column]): void {
    this.#see(of);
    this.#see(less);
    const [squares, withFirst, withFloor] = [this.#squares, this.#withFirst, this.#withFloor];
    withFloor[index] = (withFloor[of.index] ?? 0) - (withFloor[less.index] ?? 0);
    if (this.#isWhite[index] === 1) return;
    squares[index] = (squares[of.index] ?? 0) + (squares[less.index] ?? 0) - 2 * this.#product(of, less);
    withFirst[index] = (withFirst[of.index] ?? 0) - (withFirst[less.index] ?? 0);
  }

  #whiten({ index, block, from }: Column): void {
    if ((this.#at[index] ?? -1) < 0) this.#at[index] = this.#place();
    const at = this.#at[index] ?? 0;
    whitenInto(this.#rows, at, block, from, this.noise);
    this.#squares[index] = this.#dot(this.#rows, at, this.#rows, at);
    this.#withFirst[index] = this.#dot(this.#rows, at, this.#rows, this.#at[this.#first.index] ?? 0);
  }

  /** For one more row. */
  #place(): number {
    const at = this.#used;
    this.#used += this.#floor.length;
    if (this.#used > this.#rows.length) this.#rows = longer(this.#rows, new Float64Array(2 * this.#rows.length));
    return at;
  }

  #makeRoom(index: number): void {
    const room = 2 * index;
    this.#at = longer(this.#at, new Int32Array(room).fill(-1));
    this.#isWhite = longer(this.#isWhite, new Uint8Array(room));
    this.#since = longer(this.#since, new Uint32Array(room));
    this.#squares = longer(this.#squares, new Float64Array(room));
    this.#withFirst = longer(this.#withFirst, new Float64Array(room));
    this.#withFloor = longer(this.#withFloor, new Float64Array(room));
  }

  /** In two sums, so that an addition need not wait for the one before it. */
  #dot(a: Float64Array, atA: number, b: Float64Array, atB: number): number {
    const n = this.#floor.length;
    let [even, odd] = [0, 0];
    for (let i = 1; i < n; i += 2) {
      even += (a[atA + i - 1] ?? 0) * (b[atB + i - 1] ?? 0);
      odd += (a[atA + i] ?? 0) * (b[atB + i] ?? 0);
    }
    if (n % 2 === 1) even += (a[atA + n - 1] ?? 0) * (b[atB + n - 1] ?? 0);
    return even + odd;
  }
}

function longer<T extends { set(values: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
