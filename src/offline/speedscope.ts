import { writeFileSync } from 'node:fs';
import { grownStacks } from '../analysis/grown-stacks.js';
import { speedscopeFile } from '../analysis/speedscope.js';
import { personError } from '../errors.js';
import type { Heap } from '../model/heap.js';

/** More than any screen shows; the rest is one box. */
const MOST_STACKS = 20_000;

/** Throws a person's error (behind the name of the file) where nothing grew, or the file cannot be written. */
export function writeSpeedscope(file: string, now: Heap, base: Heap | null, sample: string | undefined): void {
  const text = speedscopeFile(grownStacks(now, base, MOST_STACKS, sample), 'leakwatch heap');
  if (text === null) throw personError('is not written: nothing grew, so that there is nothing to draw for speedscope.');
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw personError(`cannot be written for speedscope: ${error instanceof Error ? error.message : String(error)}`);
  }
}
