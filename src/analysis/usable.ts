import type { Series } from '../model/assessment.js';
import { isBytes, type Sample } from '../model/sample.js';

/** Start-up: loading code, opening pools, first requests. Not judged, because every process grows then. */
const SETTLING_MS = 15_000;

export type Part = 'anon' | 'shmem' | 'kernel' | 'file';
/** A sample in which the part that leaks was measured. */
export type Usable = Sample & { readonly anon: number };

/**
 * The samples of the present life that can be judged: in order, each time once, anon measured and a number. What a restart
 * gave back is not growth that went away, so earlier lives are left out.
 *
 *      /|  /|   /          only this:   /
 *     / | / |  /                       /
 *     life life now                   now
 */
export function usable({ samples, replica, runs }: Series): Usable[] {
  const startedAtMs = Math.max(replica.run.startedAtMs, ...runs.map((run) => run.startedAtMs));
  const from = Number.isFinite(startedAtMs) ? startedAtMs + SETTLING_MS : Number.NEGATIVE_INFINITY;
  const byTime = new Map<number, Usable>();
  for (const sample of samples) {
    const { t, anon } = sample;
    if (Number.isFinite(t) && t >= from && isBytes(anon)) byTime.set(t, { ...sample, anon });
  }
  return [...byTime.values()].sort((a, b) => a.t - b.t);
}
