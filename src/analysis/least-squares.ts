/** The result of fitting y on k columns. Lengths: coefficients k, inverse k × k row by row. */
export type LeastSquares = {
  readonly coefficients: Float64Array;
  /** Sum of squared residuals. */
  readonly rss: number;
  /** (X'X)⁻¹: times the residuals' variance it is the covariance of the coefficients. */
  readonly inverse: Float64Array;
};

/** A pivot below this share of its diagonal is rounding, not information. */
export const SINGULAR = 1e-9;

/**
 * Ordinary least squares by the normal equations; null when the columns do not tell each other apart. Some dozens of them are
 * solved for one verdict, with at most 9 columns of 48 rows: that is why there are no matrices and no library here. What hundreds
 * of candidates are searched with is in `whitened.ts`.
 */
export function leastSquares(columns: readonly Float64Array[], y: Float64Array): LeastSquares | null {
  const k = columns.length;
  // One array, not two: memory for a short one costs V8 more than all that is done with it here.
  const both = new Float64Array(2 * k * k);
  const [gram, inverse] = [both.subarray(0, k * k), both.subarray(k * k)];
  const moments = new Float64Array(k);
  for (let a = 0; a < k; a += 1) {
    const left = columns[a] ?? y;
    moments[a] = dot(left, y);
    for (let b = 0; b <= a; b += 1) {
      const product = dot(left, columns[b] ?? left);
      gram[a * k + b] = product;
      gram[b * k + a] = product;
    }
  }
  if (!invert(gram, inverse, k)) return null;
  const coefficients = new Float64Array(k);
  let explained = 0;
  for (let a = 0; a < k; a += 1) {
    let sum = 0;
    for (let b = 0; b < k; b += 1) sum += (inverse[a * k + b] ?? 0) * (moments[b] ?? 0);
    coefficients[a] = sum;
    explained += sum * (moments[a] ?? 0);
  }
  return { coefficients, rss: Math.max(0, dot(y, y) - explained), inverse };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/**
 * Gauss–Jordan on a symmetric positive matrix, without pivoting: none is needed for those. The matrix is used up, `inverse` is
 * all zero before. False when there is none.
 */
function invert(m: Float64Array, inverse: Float64Array, k: number): boolean {
  const diagonal = new Float64Array(k);
  for (let i = 0; i < k; i += 1) {
    inverse[i * k + i] = 1;
    diagonal[i] = m[i * k + i] ?? 0;
  }
  for (let i = 0; i < k; i += 1) {
    const pivot = m[i * k + i] ?? 0;
    if (!(pivot > SINGULAR * (diagonal[i] ?? 0))) return false;
    for (let j = 0; j < k; j += 1) {
      m[i * k + j] = (m[i * k + j] ?? 0) / pivot;
      inverse[i * k + j] = (inverse[i * k + j] ?? 0) / pivot;
    }
    for (let r = 0; r < k; r += 1) if (r !== i) eliminate(m, inverse, k, r, i);
  }
  return true;
}

function eliminate(m: Float64Array, inverse: Float64Array, k: number, row: number, pivot: number): void {
  const factor = m[row * k + pivot] ?? 0;
  if (factor === 0) return;
  for (let j = 0; j < k; j += 1) {
    m[row * k + j] = (m[row * k + j] ?? 0) - factor * (m[pivot * k + j] ?? 0);
    inverse[row * k + j] = (inverse[row * k + j] ?? 0) - factor * (inverse[pivot * k + j] ?? 0);
  }
}
