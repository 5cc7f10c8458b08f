import { type Noise, whiten } from './noise.js';

/** Shorter than this it is rounding. */
const TINY = 1e-9;

/** One or two columns, which are zero before row `from`, and how many values were free to be chosen for them. The first is what rises. */
export type Course = { readonly columns: readonly Float64Array[]; readonly from: number; readonly free: number };

/**
 * What is known, as directions at right angles, and what it leaves unexplained; whitened, and whitened back, so that what is held against
 * them needs no whitening itself: (Wc)·a = c·(W'a).
 */
export type Plane = {
  readonly noise: Noise;
  readonly axes: readonly Float64Array[];
  readonly rest: Float64Array;
  readonly restSquare: number;
};

export function planeOf(known: readonly Float64Array[], y: Float64Array, noise: Noise): Plane {
  const axes: Float64Array[] = [];
  for (const column of known) {
    const axis = whiten(column, noise);
    for (const other of axes) subtract(axis, other, dot(other, axis, 0));
    const length = Math.sqrt(dot(axis, axis, 0));
    if (length > TINY) axes.push(axis.map((value) => value / length));
  }
  const rest = whiten(y, noise);
  for (const axis of axes) subtract(rest, axis, dot(axis, rest, 0));
  return { noise, axes: axes.map((axis) => back(axis, noise)), rest: back(rest, noise), restSquare: dot(rest, rest, 0) };
}

function back(values: Float64Array, { rho, scale }: Noise): Float64Array {
  return values.map((value, i) => value * (scale[i] ?? 1) - (rho[i + 1] ?? 0) * (scale[i + 1] ?? 0) * (values[i + 1] ?? 0));
}

/**
 * How well a course explains the rest (Schwarz 1978; as in the contest, for residuals that remember).
 * Infinite for what does not rise: that is no growth, whether it goes on or not. What stands at right angles to all axes is not
 * needed itself: `rest` does already, and squares are what is left over (Pythagoras).
 */
export function bicOf({ columns: [a, b], from, free }: Course, { noise, axes, rest, restSquare }: Plane): number {
  if (!a) return Number.POSITIVE_INFINITY;
  const shares = axes.map((axis) => dot(axis, a, from));
  const [ay, aa] = [dot(a, rest, from), whiteDot(a, a, from, noise) - sumOf(shares, shares)];
  let [slope, explained] = [ay / aa, (ay * ay) / aa];
  if (b) {
    const others = axes.map((axis) => dot(axis, b, from));
    const [by, bb] = [dot(b, rest, from), whiteDot(b, b, from, noise) - sumOf(others, others)];
    const ab = whiteDot(a, b, from, noise) - sumOf(shares, others);
    const both = aa * bb - ab * ab;
    slope = (ay * bb - by * ab) / both;
    explained = slope * ay + ((by * aa - ay * ab) / both) * by;
  }
  if (!(slope > 0) || !Number.isFinite(explained)) return Number.POSITIVE_INFINITY;
  const n = rest.length;
  const freedom = Math.max(1, n - axes.length - (b ? 2 : 1));
  const variance = Math.max(0, restSquare - explained) / freedom;
  return n * Math.log(variance + 1) + noise.logDet + (axes.length + free) * Math.log(n);
}

function dot(a: Float64Array, b: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Of two columns, zero before `from`, when both are whitened. */
function whiteDot(a: Float64Array, b: Float64Array, from: number, { rho, scale }: Noise): number {
  let [sum, beforeA, beforeB] = [0, 0, 0];
  for (let i = from; i < a.length; i += 1) {
    const [memory, size, nowA, nowB] = [rho[i] ?? 0, scale[i] ?? 1, a[i] ?? 0, b[i] ?? 0];
    sum += (nowA - memory * beforeA) * (nowB - memory * beforeB) * size * size;
    [beforeA, beforeB] = [nowA, nowB];
  }
  return sum;
}

function sumOf(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

function subtract(from: Float64Array, axis: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i += 1) from[i] = (from[i] ?? 0) - times * (axis[i] ?? 0);
}
