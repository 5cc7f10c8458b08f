import { LeakwatchError, personError } from '../../errors.js';
import type { Heap } from '../../model/heap.js';
import { decodeOutline, type Outline } from './decode-outline.js';
import { decodeStacks } from './decode-stacks.js';
import { decodeTables } from './decode-tables.js';
import { dropFrames } from './drop-frames.js';
import { looksLike } from './not-a-profile.js';
import { unpack } from './unpack.js';

/**
 * Decodes a profile of Go's (pprof's protobuf, gzipped or not), and an earlier one to compare it with; frames are dropped from both
 * as the first says. Throws a person's error whose sentence goes behind a name: 'is cut off …'; `onBase` is told before the second
 * is begun. Go has scaled what it sampled: nothing is scaled again.
 */
export async function readHeaps(now: Buffer, base: Buffer | null, onBase: () => void = () => {}): Promise<[Heap, Heap | null]> {
  const outline = outlineOf(now);
  const compile = outline.dropFrames === '' ? null : (await import('./re2.js')).compile;
  const { dropFrames: drop, keepFrames: keep } = outline;
  const heapOf = (of: Outline): Heap => {
    const tables = decodeTables(of);
    const stacks = decodeStacks(of, tables, compile && dropFrames(tables, drop, keep, compile));
    const { measures, usualMeasure, takenAtMs, period } = of;
    const { sites, functions, files } = tables;
    return { measures, usualMeasure, takenAtMs, period, ...stacks, sites, functions: functions.all, files: files.all };
  };
  const heap = heapOf(outline);
  if (!base) return [heap, null];
  onBase();
  return [heap, heapOf(outlineOf(base))];
}

function outlineOf(packed: Buffer): Outline {
  if (packed.length === 0) throw personError('is empty.');
  const bytes = unpack(packed);
  try {
    return decodeOutline(bytes);
  } catch (error) {
    const look = error instanceof LeakwatchError ? looksLike(bytes) : null;
    throw look ? personError(`${look}.`) : error;
  }
}
