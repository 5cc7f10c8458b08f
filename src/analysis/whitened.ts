import type { Column } from './column.js';
import { type LeastSquares, leastSquares, SINGULAR } from './least-squares.js';
import type { Noise } from './noise.js';

/** No shape has more columns. */
const MOST = 12;
const NONE = new Float64Array(0);

/**
 * The floor and the columns as one noise lets them be seen (`noise.ts`), row under row in one buffer. Hundreds of candidates
 * share these rows. So what is asked of a row again and again is summed up while it is whitened: its square, and its products
 * with the floor and with the first column, which is in nearly every candidate.
 */
export class Whitened {
  readonly #columns: readonly Column[];
  readonly #floor: Float64Array;
  readonly #rows: Float64Array;
  readonly #squares: Float64Array;
  readonly #withFirst: Float64Array;
  readonly #withFloor: Float64Array;
  /** When each row was whitened: in which pass. */
  readonly #whitenedIn: Uint32Array;
  #pass = 0;
  #noise: Noise = { phi: 0, rho: NONE, scale: NONE, logDet: 0 };
  /** Of one candidate: the factor L of its normal equations, and L⁻¹X'y. */
  readonly #lower = new Float64Array(MOST * MOST);
  readonly #solved = new Float64Array(MOST);

  /** @param columns all there are, by their index. @param floor bytes, as many as a column has values. */
  constructor(columns: readonly Column[], floor: Float64Array) {
    const rows = columns.length + 1;
    this.#columns = columns;
    this.#floor = floor;
    this.#rows = new Float64Array(rows * floor.length);
    this.#squares = new Float64Array(rows);
    this.#withFirst = new Float64Array(rows);
    this.#withFloor = new Float64Array(rows);
    this.#whitenedIn = new Uint32Array(rows);
  }

  /** Whitens the floor and these columns: only they may be asked for until the next time, and what is `also` seen until then. */
  through(noise: Noise, wanted: readonly Column[]): void {
    const [first] = this.#columns;
    this.#pass += 1;
    this.#noise = noise;
    this.#whiten(this.#columns.length, this.#floor, 0, noise);
    if (first) this.#see(first, noise);
    this.also(wanted);
  }

  also(wanted: readonly Column[]): void {
    for (const column of wanted) this.#see(column, this.#noise);
  }

  #see(column: Column, noise: Noise): void {
    const { index, block, from, rise } = column;
    if (this.#whitenedIn[index] === this.#pass) return;
    this.#whitenedIn[index] = this.#pass;
    if (!rise) this.#whiten(index, block, from, noise);
    else {
      const [of, less] = rise.parts;
      this.#see(of, noise);
      this.#see(less, noise);
      this.#subtract(index, of.index, less.index);
    }
  }

  /**
   * Sum of squared residuals of the floor fitted on these columns, bytes²; NaN when they do not tell each other apart. By
   * Cholesky's factor of the normal equations, row by row, without anything that only the winner is asked for.
   */
  rss(columns: readonly Column[]): number {
    const [lower, solved] = [this.#lower, this.#solved];
    let rss = this.#squares[this.#columns.length] ?? 0;
    for (let a = 0; a < columns.length; a += 1) {
      const row = columns[a]?.index ?? 0;
      let pivot = this.#squares[row] ?? 0;
      let left = this.#withFloor[row] ?? 0;
      const least = SINGULAR * pivot;
      for (let b = 0; b < a; b += 1) {
        let sum = this.#product(columns[a], columns[b]);
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
    const rows = columns.map((column) => this.#rowOf(column));
    return leastSquares(rows, this.#row(this.#columns.length));
  }

  #rowOf({ index, rise }: Column): Float64Array {
    if (!rise) return this.#row(index);
    const [of, less] = [this.#rowOf(rise.parts[0]), this.#rowOf(rise.parts[1])];
    return of.map((value, i) => value - (less[i] ?? 0));
  }

  #row(index: number): Float64Array {
    const n = this.#floor.length;
    return this.#rows.subarray(index * n, (index + 1) * n);
  }

  #product(a: Column | undefined, b: Column | undefined): number {
    if (!a || !b) return Number.NaN;
    if (b.index === 0) return this.#withFirst[a.index] ?? 0;
    if (a.rise) return this.#product(a.rise.parts[0], b) - this.#product(a.rise.parts[1], b);
    if (b.rise) return this.#product(a, b.rise.parts[0]) - this.#product(a, b.rise.parts[1]);
    return this.#dot(a.index, b.index);
  }

  /** In two sums, so that an addition need not wait for the one before it. */
  #dot(a: number, b: number): number {
    const [rows, n] = [this.#rows, this.#floor.length];
    const [atA, atB] = [a * n, b * n];
    let [even, odd] = [0, 0];
    for (let i = 1; i < n; i += 2) {
      even += (rows[atA + i - 1] ?? 0) * (rows[atB + i - 1] ?? 0);
      odd += (rows[atA + i] ?? 0) * (rows[atB + i] ?? 0);
    }
    if (n % 2 === 1) even += (rows[atA + n - 1] ?? 0) * (rows[atB + n - 1] ?? 0);
    return even + odd;
  }

  /** The sums of a difference, by those of what it is the difference of: it needs no row. */
  #subtract(index: number, of: number, less: number): void {
    const [squares, withFirst, withFloor] = [this.#squares, this.#withFirst, this.#withFloor];
    squares[index] = (squares[of] ?? 0) + (squares[less] ?? 0) - 2 * this.#dot(of, less);
    withFirst[index] = (withFirst[of] ?? 0) - (withFirst[less] ?? 0);
    withFloor[index] = (withFloor[of] ?? 0) - (withFloor[less] ?? 0);
  }

  #whiten(index: number, values: Float64Array, from: number, { rho, scale }: Noise): void {
    const [rows, n] = [this.#rows, this.#floor.length];
    const [at, floorAt] = [index * n, this.#columns.length * n];
    let [before, square, withFirst, withFloor] = [0, 0, 0, 0];
    for (let i = 0; i < n; i += 1) {
      const value = values[from + i] ?? 0;
      const white = (value - (rho[i] ?? 0) * before) * (scale[i] ?? 1);
      rows[at + i] = white;
      square += white * white;
      withFirst += white * (rows[i] ?? 0);
      withFloor += white * (rows[floorAt + i] ?? 0);
      before = value;
    }
    this.#squares[index] = square;
    this.#withFirst[index] = withFirst;
    this.#withFloor[index] = withFloor;
  }
}
