import type { MassifSnapshot, MassifTimeUnit } from '../model/massif.js';
import { duration } from './times.js';
import { bytes } from './units.js';

const SECOND_MS = 1_000;
const STEPS = ['', ' thousand', ' million', ' billion', ' trillion'];

/** A point in time, or a span, as Massif counts it: `8.2 s`, `2 h 5`, `4.9 billion instructions`, `12 MiB allocated and freed`. */
export function massifTime(time: number, unit: MassifTimeUnit): string {
  if (unit === 'ms') return time < 60 * SECOND_MS ? `${Number((time / SECOND_MS).toPrecision(2))} s` : duration(time);
  if (unit === 'B') return `${bytes(time)} allocated and freed`;
  const step = time < 1 ? 0 : Math.min(STEPS.length - 1, Math.floor(Math.log10(time) / 3));
  return `${Number((time / 1_000 ** step).toPrecision(2))}${STEPS[step]} instructions`;
}

export function totalBytes({ heapBytes, extraBytes, stackBytes }: MassifSnapshot): number {
  return heapBytes + extraBytes + stackBytes;
}

/** The one that Massif marked, or the highest where it marked none. */
export function highestOf(snapshots: readonly MassifSnapshot[], peak: number | null): MassifSnapshot | undefined {
  return snapshots.find(({ index }) => index === peak) ?? snapshots.toSorted((a, b) => totalBytes(b) - totalBytes(a))[0];
}
