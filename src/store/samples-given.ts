import type { SampleTable } from '../model/sample-table.js';
import { ROLL_UP_WIDTH, rollUp, slotOf, toRolledUp } from './roll-up.js';
import { byColumn, type Columns, type Row, rowAt, toTable } from './sample-codec.js';
import { FULL_MS } from './samples-compact.js';

/**
 * What is given out of a replica's rows, by column (`full`: each as it came, in any order; `rolledUp`: a slot each) for a window: full rate for
 * the two hours before its newest sample, roll-ups before that. Chunks and tails hold more than two hours at full rate for a while,
 * by how many samples there are; a verdict must not depend on when somebody tidied up, and `replay` could not know of it.
 *
 *     held         ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
 *     given out    ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓
 *                                         2 h
 */
export function givenOut(full: Columns, rolledUp: Columns, fromMs: number, toMs: number): SampleTable {
  const [times = NO_TIMES, slotTimes = NO_TIMES] = [full[0], rolledUp[0]];
  const rows = inOrder(times);
  const newestT = rows.reduce((newest, row) => atMost(times[row], toMs, newest), Number.NEGATIVE_INFINITY);
  const [slots, fromSlot] = [slotsOf(times), slotOf(newestT - FULL_MS)];
  const isFine = (row: number) => slotOf(times[row] ?? 0) >= fromSlot;
  const isOver = (row: number) => !isFine(row);
  const table = toRolledUp(rolledUp)
    .pick(rowsOf(slotTimes).filter((row) => !slots.has(slotOf(slotTimes[row] ?? 0))))
    .followedBy(toRolledUp(rolledUpNow(rows.filter(isOver), full)))
    .followedBy(toTable(full).pick(rows.filter(isFine)));
  // Times are whole.
  return table.pick(inOrder(table.t)).between(fromMs, Math.floor(toMs) + 1);
}

const NO_TIMES = new Float64Array(0);

function atMost(t: number | undefined, most: number, before: number): number {
  return t !== undefined && t <= most && t > before ? t : before;
}

function slotsOf(t: Float64Array): Set<number> {
  const slots = new Set<number>();
  for (let i = 0; i < t.length; i += 1) slots.add(slotOf(t[i] ?? 0));
  return slots;
}

function rowsOf(t: Float64Array): Uint32Array {
  const rows = new Uint32Array(t.length);
  for (let i = 0; i < rows.length; i += 1) rows[i] = i;
  return rows;
}

/** Rows in order of their times; of those with the same time the last. */
function inOrder(t: Float64Array): Uint32Array {
  let isSorted = true;
  for (let i = 1; i < t.length; i += 1) isSorted &&= (t[i] ?? 0) > (t[i - 1] ?? 0);
  if (isSorted) return rowsOf(t);
  const rowAtTime = new Map(Array.from(t, (at, row) => [at, row] as const));
  return Uint32Array.from([...rowAtTime.values()].sort((a, b) => (t[a] ?? 0) - (t[b] ?? 0)));
}

/** A roll-up of each slot that these rows are of, in their order. */
function rolledUpNow(rows: Uint32Array, full: Columns): Columns {
  const bySlot = new Map<number, [Row, ...Row[]]>();
  for (const i of rows) {
    const row = rowAt(full, i);
    const slot = bySlot.get(slotOf(row[0]));
    if (slot) slot.push(row);
    else bySlot.set(slotOf(row[0]), [row]);
  }
  return byColumn([...bySlot.values()].map(rollUp), ROLL_UP_WIDTH);
}
