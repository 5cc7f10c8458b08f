import type { Sample, Samples } from '../model/sample.js';
import { rollUp, SLOT_MS } from './roll-up.js';

/** What the live store keeps: full rate for two hours (its chunks make it up to three), five-minute roll-ups for 14 days. */
const FULL_MS = 2 * 3_600_000;
export const HELD_MS = 14 * 24 * 3_600_000;

/**
 * What the live store would hold of these samples (oldest first, each time once), asked tick by tick: times never go back. Each
 * sample comes in once, is rolled up once and leaves once; in between nothing but references is moved. The list is the same one
 * at every tick: look, do not keep.
 *
 *     leaves ◄ ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ ◄ ▓▓▓▓▓▓▓▓▓ ◄ samples not seen yet
 *              roll-ups, to 14 d    full, 2 h
 */
export function holding(told: Samples) {
  const samples = [...told];
  const held: Sample[] = [];
  let [seen, rolled] = [0, 0];
  /** The first that has not been seen yet; Infinity after the last. */
  const nextMs = () => samples[seen]?.t ?? Number.POSITIVE_INFINITY;
  const at = (nowMs: number): readonly Sample[] => {
    for (let next = samples[seen]; next && next.t <= nowMs; next = samples[seen]) {
      held.push(next);
      seen += 1;
    }
    // As in the store it is the newest sample that pushes, not the clock: an agent that is silent loses nothing.
    const fullFromMs = Math.floor(((held.at(-1)?.t ?? 0) - FULL_MS) / SLOT_MS) * SLOT_MS;
    const { rollUps, end } = rollUpsBefore(fullFromMs, held, rolled);
    if (rollUps.length > 0) held.splice(rolled, end - rolled, ...rollUps);
    rolled += rollUps.length;
    let gone = 0;
    for (let first = held[0]; first && first.t < nowMs - HELD_MS; first = held[gone]) gone += 1;
    if (gone > 0) held.splice(0, gone);
    rolled = Math.max(0, rolled - gone);
    return held;
  };
  return { at, nextMs };
}

/** Of what is held at full rate from index `from` on, the slots that are over before a time, a roll-up each; and where they end. */
function rollUpsBefore(beforeMs: number, held: readonly Sample[], from: number): { rollUps: Sample[]; end: number } {
  const rollUps: Sample[] = [];
  let end = from;
  for (let first = held[end]; first && first.t < beforeMs; first = held[end]) {
    const slotEndMs = (Math.floor(first.t / SLOT_MS) + 1) * SLOT_MS;
    const begin = end;
    for (let next: Sample | undefined = first; next && next.t < slotEndMs; next = held[end]) end += 1;
    rollUps.push(rollUp(held, begin, end));
  }
  return { rollUps, end };
}
