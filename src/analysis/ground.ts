import { type Layout, layoutOf, OWN, once } from './layout.js';
import { noiseOf, PHIS } from './noise.js';
import { medianOf } from './quantile.js';
import { SHAPES } from './shapes/all.js';
import type { Candidate, Shape } from './shapes/shape.js';
import { Whitened } from './whitened.js';

/** A shape, and what of it is tried on this ground: always, and where a floor jumps. */
export type Tried = {
  readonly shape: Shape;
  readonly always: readonly Candidate[];
  atJump(jump: number): readonly Candidate[];
};

/** All of a contest that depends on when its points are, and not on their bytes. */
export type Ground = {
  readonly layout: Layout;
  readonly tried: readonly Tried[];
  /** As each of the noises lets it be seen, in the order of `PHIS`. */
  readonly views: readonly Whitened[];
};

/** Points as near as this to equally far apart are taken for that; of the distance between two. A choice. */
const NEAR = 0.1;
/** So many are kept, those that were used last: the windows of a fleet have a few lengths. One takes up to two megabytes. */
const KEPT = 8;
const kept = new Map<number, Ground>();

/**
 * Nearly always points are equally far apart, and all of it is a matter of how many they are. Then it is made once, as the plan of a
 * Fourier transform is, and not for each series. What is kept changes no answer: it holds nothing of a floor but what the next one
 * overwrites.
 *
 * @param t Unix ms, in order, at least two different.
 */
export function groundOf(t: Float64Array): Ground {
  const [n, first, last] = [t.length, t[0] ?? 0, t.at(-1) ?? 1];
  const x = t.map((at) => (at - first) / (last - first));
  if (!x.every((at, i) => Math.abs(at * (n - 1) - i) <= NEAR)) return laidOut(x, distancesOf(t));
  const ground =
    kept.get(n) ??
    laidOut(
      x.map((_, i) => i / (n - 1)),
      new Float64Array(n).fill(1),
    );
  kept.delete(n);
  kept.set(n, ground);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return ground;
}

function laidOut(x: Float64Array, distances: Float64Array): Ground {
  const layout = layoutOf(x);
  return {
    layout,
    tried: SHAPES.map((shape) => ({
      shape,
      always: shape.always?.(layout) ?? [],
      atJump: once((jump: number) => shape.atJump?.(layout, jump) ?? []),
    })),
    views: PHIS.map((phi) => new Whitened(noiseOf(phi, distances), layout.ones(), OWN)),
  };
}

function distancesOf(t: Float64Array): Float64Array {
  const distances = t.map((at, i) => at - (t[i - 1] ?? at));
  const usual = medianOf(distances.slice(1)) || 1;
  return distances.map((distance) => Math.max(0.05, distance / usual));
}
