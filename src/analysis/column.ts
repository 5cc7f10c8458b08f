/** `__/‾‾` rising from one bend to another: what rises from the first, less what rises from the second. */
type Rise = { readonly x: Float64Array; readonly from: number; readonly to: number; readonly parts: readonly [Column, Column] };

/**
 * One of the columns that shapes are put together from: a value for each point. An array of its own for each, even a view, costs
 * V8 as much as the search does with what is in it: so they stand one behind the other in a few long ones.
 */
export class Column {
  /** Its number: no other column that is asked for beside it has the same. */
  readonly index: number;
  readonly length: number;
  /** Where its values are: in `block` from `from` on. */
  readonly block: Float64Array;
  readonly from: number;
  /** Whose values are nowhere, until they are asked for: its sums are the differences of those of its parts. */
  readonly rise: Rise | null;
  #values: Float64Array | null = null;

  constructor(index: number, length: number, block: Float64Array, from: number, rise: Rise | null = null) {
    this.index = index;
    this.length = length;
    this.block = block;
    this.from = from;
    this.rise = rise;
  }

  /** Its values by themselves: few columns are asked for them. */
  get values(): Float64Array {
    this.#values ??= this.rise ? risenIn(this.rise) : this.block.subarray(this.from, this.from + this.length);
    return this.#values;
  }
}

function risenIn({ x, from, to }: Rise): Float64Array {
  return x.map((at) => Math.min(Math.max(at, from), to) - from);
}
