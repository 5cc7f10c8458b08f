/**
 * One of the columns that shapes are put together from, over the points' times x (0 at the first point, 1 at the last). `index`
 * counts the columns of a basis.
 */
export type Column = { readonly index: number; readonly values: Float64Array };

/** Makes columns; those that shapes have in common it makes once. */
export type Basis = {
  readonly x: Float64Array;
  /** From the first point to the last. */
  readonly hours: number;
  /** Places where a shape may bend: strictly inside, none in the first and the last few points. */
  readonly knots: readonly number[];
  /** Of them, where the floor jumps most, the farthest jump first; at most 5. */
  readonly jumps: readonly number[];
  /** All that were made so far, by their index. The first are the ones. */
  readonly columns: readonly Column[];
  ones(): Column;
  line(): Column;
  /** `___|‾‾‾` 0 before the knot, 1 from it on. */
  step(knot: number): Column;
  /** `___/` 0 before the knot, then rising. */
  hinge(knot: number): Column;
  /** `/‾‾‾` rising up to the knot, then flat. */
  ramp(knot: number): Column;
  /** `__/‾‾` rising from one knot to another. */
  rise(from: number, to: number): Column;
  /** `(‾‾‾` 1 − exp(−(x − from)/τ) from `from` on. */
  saturating(tau: number, from: number): Column;
  /** Sine and cosine of a period in hours. */
  wave(periodHours: number): readonly [Column, Column];
  /** A curve that only one candidate has. */
  curve(at: (x: number) => number): Column;
  /** A column that was measured, by a name that no other has. */
  given(name: string, values: Float64Array): Column;
};

const HOUR_MS = 3_600_000;

/** @param t Unix ms, in order, at least two different. @param bytes the floor at those times. */
export function basisOf(t: Float64Array, bytes: Float64Array): Basis {
  const [first, last] = [t[0] ?? 0, t.at(-1) ?? 1];
  const x = t.map((at) => (at - first) / (last - first));
  const hours = (last - first) / HOUR_MS;
  const { columns, curve, given, rising } = makerOf(x);
  const [ones, line] = [curve(() => 1), curve((at) => at)];
  const saturating = once((from) => once((tau) => curve((at) => (at < from ? 0 : 1 - Math.exp((from - at) / tau)))));
  const wave = once((period) => {
    const turn = (2 * Math.PI * hours) / period;
    return [curve((at) => Math.sin(turn * at)), curve((at) => Math.cos(turn * at))] as const;
  });
  return {
    ...{ x, hours, columns, knots: knotsOf(x), jumps: jumpsOf(x, bytes) },
    ones: () => ones,
    line: () => line,
    step: once((knot) => curve((at) => (at >= knot ? 1 : 0))),
    hinge: once((knot) => rising(knot, 1)),
    ramp: once((knot) => rising(0, knot)),
    rise: rising,
    saturating: (tau, from) => saturating(from)(tau),
    wave,
    curve,
    given,
  };
}

function makerOf(x: Float64Array): Pick<Basis, 'columns' | 'curve' | 'given'> & {
  rising(from: number, to: number): Column;
} {
  const columns: Column[] = [];
  const named = new Map<string, Column>();
  const row = rowsOf(x.length);
  const add = (values: Float64Array): Column => {
    const column = { index: columns.length, values };
    columns.push(column);
    return column;
  };
  return {
    columns,
    curve: (at) => {
      const values = row();
      for (let i = 0; i < values.length; i += 1) values[i] = at(x[i] ?? 0);
      return add(values);
    },
    // Two thirds of all columns: a loop of its own, without a call for each value.
    rising: (from, to) => {
      const values = row();
      for (let i = 0; i < values.length; i += 1) values[i] = Math.min(Math.max(x[i] ?? 0, from), to) - from;
      return add(values);
    },
    given: (name, values) => {
      const column = named.get(name) ?? add(values);
      named.set(name, column);
      return column;
    },
  };
}

/** What was made for a number is not made again. */
function once<T>(make: (of: number) => T): (of: number) => T {
  const made = new Map<number, T>();
  return (of) => {
    const known = made.get(of);
    if (known !== undefined) return known;
    const fresh = make(of);
    made.set(of, fresh);
    return fresh;
  };
}

const ROWS_AT_A_TIME = 64;

/** Arrays of one length, parts of a few long ones: memory for a short one costs V8 a microsecond, and many are needed. */
function rowsOf(length: number): () => Float64Array {
  let [block, used] = [new Float64Array(0), 0];
  return () => {
    if (used === block.length) [block, used] = [new Float64Array(ROWS_AT_A_TIME * length), 0];
    used += length;
    return block.subarray(used - length, used);
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
