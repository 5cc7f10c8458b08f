import type { Basis } from '../basis.js';
import type { Column } from '../column.js';
import type { Layout } from '../layout.js';

/** One curve that a shape could have: linear in its columns; what else was searched for counts as parameters too. */
export type Candidate = {
  readonly columns: readonly Column[];
  /** Of them, the first so many are its trend; what is behind them comes and goes. Absent: all. */
  readonly trend?: number;
  /** Parameters that were found by trying: places of bends, time constants. */
  readonly searched: number;
  /** Where its present behaviour begins, as x: its last bend. */
  readonly since: number;
  /** Where what grows now began to, as x, where that is another place; absent: at `since`. */
  readonly onset?: number;
  /** By how much of its last coefficient the slope of its trend may be wrong; absent: by nothing. */
  readonly leans?: number;
  /** The x at which the course of its coefficients reaches a level; absent where it goes straight on. May be NaN: never. */
  reaches?(coefficients: Float64Array, bytes: number): number;
};

/** What is known beside the floor itself, at each of its points; absent where it is not known. */
export type Context = {
  /** Traffic (else CPU): how much there is at the point, and how much there has been up to it. Any unit. */
  readonly load?: { readonly of: 'net' | 'cpu'; readonly rate: Float64Array; readonly total: Float64Array };
};

/** A course that memory can take. `leaks`: it goes on growing. One file each, with its curve drawn. */
export type Shape = {
  readonly name: string;
  readonly leaks: boolean;
  /** Tried on every floor, whatever it looks like. Kept with the layout. */
  always?(layout: Layout): Candidate[];
  /** Tried where a floor jumps, half way between two points. Kept, too: there are few such places. */
  atJump?(layout: Layout, jump: number): Candidate[];
  /** Tried because of what this floor shows otherwise, or of what is known beside it. */
  here?(basis: Basis, context: Context): Candidate[];
};
