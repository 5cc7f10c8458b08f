import type { Column } from './basis.js';
import { type LeastSquares, leastSquares, SINGULAR } from './least-squares.js';
import type { Noise } from './noise.js';

/** No shape has more columns. */
const MOST = 12;

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
  }

  /** Whitens the floor and these columns. Only they may be asked for until the next time. */
  through(noise: Noise, wanted: Iterable<Column>): void {
    const [first] = this.#columns;
    this.#whiten(this.#columns.length, this.#floor, noise);
    if (first) this.#whiten(0, first.values, noise);
    for (const { index, values } of wanted) if (index > 0) this.#whiten(index, values, noise);
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
        let sum = this.#product(row, columns[b]?.index ?? 0);
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
    const rows = columns.map(({ index }) => this.#row(index));
    return leastSquares(rows, this.#row(this.#columns.length));
  }

  #row(index: number): Float64Array {
    const n = this.#floor.length;
    return this.#rows.subarray(index * n, (index + 1) * n);
  }

  #product(a: number, b: number): number {
    if (b === 0) return this.#withFirst[a] ?? 0;
    const [rows, n] = [this.#rows, this.#floor.length];
    let sum = 0;
    for (let i = 0; i < n; i += 1) sum += (rows[a * n + i] ?? 0) * (rows[b * n + i] ?? 0);
    return sum;
  }

  #whiten(index: number, values: Float64Array, { rho, scale }: Noise): void {
    const [rows, n] = [this.#rows, this.#floor.length];
    const [at, floorAt] = [index * n, this.#columns.length * n];
    let [before, square, withFirst, withFloor] = [0, 0, 0, 0];
    for (let i = 0; i < n; i += 1) {
      const value = values[i] ?? 0;
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
