/**
 * The columns that shapes are put together from, over the points' times x (0 at the first point, 1 at the last). Each is made
 * once, and whitened once for each noise: hundreds of shapes share them.
 */
export type Column = { readonly values: Float64Array; readonly whitened: (Float64Array | undefined)[] };

export type Basis = {
  readonly x: Float64Array;
  /** From the first point to the last. */
  readonly hours: number;
  /** Places where a shape may bend: strictly inside, none in the first and the last few points. */
  readonly knots: readonly number[];
  /** Of them, where the floor jumps most, the farthest jump first; at most 5. */
  readonly jumps: readonly number[];
  ones(): Column;
  line(): Column;
  /** `___|‾‾‾` 0 before the knot, 1 from it on. */
  step(knot: number): Column;
  /** `___/` 0 before the knot, then rising. */
  hinge(knot: number): Column;
  /** `/‾‾‾` rising up to the knot, then flat. */
  ramp(knot: number): Column;
  /** `(‾‾‾` 1 − exp(−(x − from)/τ) from `from` on. */
  saturating(tau: number, from: number): Column;
  /** Sine and cosine of a period in hours. */
  wave(periodHours: number): readonly [Column, Column];
  /** A column of its own, by a name that no other has: a bend, load. */
  given(name: string, values: Float64Array): Column;
};

const HOUR_MS = 3_600_000;

/** @param t Unix ms, in order, at least two different. @param bytes the floor at those times. */
export function basisOf(t: Float64Array, bytes: Float64Array): Basis {
  const [first, last] = [t[0] ?? 0, t.at(-1) ?? 1];
  const x = t.map((at) => (at - first) / (last - first));
  const hours = (last - first) / HOUR_MS;
  const made = new Map<string, Column>();
  const column = (name: string, value: (x: number) => number): Column => given(name, x, value);
  const given = (name: string, source: Float64Array, value: (x: number) => number): Column => {
    const known = made.get(name);
    if (known) return known;
    const fresh = { values: source.map(value), whitened: [] };
    made.set(name, fresh);
    return fresh;
  };
  return {
    x,
    hours,
    knots: knotsOf(x),
    jumps: jumpsOf(x, bytes),
    ones: () => column('1', () => 1),
    line: () => column('x', (at) => at),
    step: (knot) => column(`step ${knot}`, (at) => (at >= knot ? 1 : 0)),
    hinge: (knot) => column(`hinge ${knot}`, (at) => Math.max(0, at - knot)),
    ramp: (knot) => column(`ramp ${knot}`, (at) => Math.min(at, knot)),
    saturating: (tau, from) => column(`exp ${tau} ${from}`, (at) => (at < from ? 0 : 1 - Math.exp((from - at) / tau))),
    wave: (period) => [
      column(`sin ${period}`, (at) => Math.sin((2 * Math.PI * at * hours) / period)),
      column(`cos ${period}`, (at) => Math.cos((2 * Math.PI * at * hours) / period)),
    ],
    given: (name, values) => given(name, values, (value) => value),
  };
}

/** Not at the ends: what is before and after a bend must be a few points long. */
const MIN_SIDE = 3;
const MAX_KNOTS = 24;

function knotsOf(x: Float64Array): number[] {
  const inside = x.length - 2 * MIN_SIDE;
  const every = Math.max(1, Math.ceil(inside / MAX_KNOTS));
  const knots: number[] = [];
  for (let i = x.length - MIN_SIDE; i >= MIN_SIDE; i -= every) {
    // Half way between two points, so that a step is between them.
    knots.push(((x[i] ?? 0) + (x[i - 1] ?? 0)) / 2);
  }
  return knots.reverse();
}

const MAX_JUMPS = 5;

/** Places between points, by the distance of the middle of three points before from that of three points after. */
function jumpsOf(x: Float64Array, bytes: Float64Array): number[] {
  const sizes: { at: number; size: number }[] = [];
  for (let i = MIN_SIDE; i <= x.length - MIN_SIDE; i += 1) {
    const size = Math.abs(middle(bytes, i) - middle(bytes, i - MIN_SIDE));
    sizes.push({ at: i, size });
  }
  const chosen: number[] = [];
  for (const { at } of sizes.sort((a, b) => b.size - a.size)) {
    if (chosen.length < MAX_JUMPS && chosen.every((other) => Math.abs(other - at) >= MIN_SIDE)) chosen.push(at);
  }
  return chosen.map((i) => ((x[i] ?? 0) + (x[i - 1] ?? 0)) / 2);
}

/** The median of three. */
function middle(bytes: Float64Array, from: number): number {
  const [a, b, c] = [bytes[from] ?? 0, bytes[from + 1] ?? 0, bytes[from + 2] ?? 0];
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
