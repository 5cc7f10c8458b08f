import type { Sample } from '../model/sample.js';
import { rollUp, slotOf, toRolledUp } from './roll-up.js';
import { type Row, toSample } from './sample-codec.js';
import { FULL_MS } from './samples-compact.js';

/**
 * What is given out of a replica's rows (`full`: each as it came, in any order; `rolledUp`: a slot each) for a window: full rate for
 * the two hours before its newest sample, roll-ups before that. Chunks and tails hold more than two hours at full rate for a while,
 * by how many samples there are; a verdict must not depend on when somebody tidied up, and `replay` could not know of it.
 *
 *     held         ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
 *     given out    ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓
 *                                         2 h
 */
export function givenOut(full: readonly Row[], rolledUp: readonly Row[], fromMs: number, toMs: number): Sample[] {
  const isAsked = ({ t }: Sample) => t >= fromMs && t <= toMs;
  const rows = new Map(full.map((row) => [row[0], row]));
  const bySlot = new Map<number, [Row, ...Row[]]>();
  let newestT = Number.NEGATIVE_INFINITY;
  for (const row of [...rows.values()].sort((a, b) => a[0] - b[0])) {
    const slot = bySlot.get(slotOf(row[0]));
    if (slot) slot.push(row);
    else bySlot.set(slotOf(row[0]), [row]);
    if (row[0] <= toMs) newestT = row[0];
  }
  const firstFull = slotOf(newestT - FULL_MS);
  const samples = rolledUp.filter(([t]) => !bySlot.has(slotOf(t))).map(toRolledUp);
  for (const [slot, own] of bySlot) samples.push(...(slot < firstFull ? [toRolledUp(rollUp(own))] : own.map(toSample)));
  return samples.filter(isAsked).sort((a, b) => a.t - b.t);
}
