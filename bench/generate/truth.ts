import { BEYOND_HOURS } from './courses.js';
import type { Plan } from './plan.js';

/** What a detector should find. Bytes per hour, Unix ms; null: there is none, no limit, or it is more than 15 days off. */
export type Truth = {
  slopeBytesPerHour: number | null;
  onsetMs: number | null;
  /** The first time that memory reaches the limit: in the window or after it. */
  oomMs: number | null;
  /** The first time after the window. */
  nextOomMs: number | null;
  /** Every out-of-memory kill in the window. */
  ooms: number[];
};

/** `born`: when the life that the window ends in began. `ooms`: hours. */
export function truthOf(plan: Plan, born: number, ooms: readonly number[], atMs: (h: number) => number): Truth {
  const { leak } = plan;
  if (!leak) return { slopeBytesPerHour: null, onsetMs: null, oomMs: null, nextOomMs: null, ooms: [] };
  const next = plan.limit?.known ? limitReachedAt(plan, born) : null;
  const first = plan.limit?.known ? (ooms[0] ?? next) : null;
  return {
    slopeBytesPerHour: Math.round(leak.perHour * 2 ** 20),
    onsetMs: atMs(leak.onsetH),
    oomMs: first === null ? null : atMs(first),
    nextOomMs: next === null ? null : atMs(next),
    ooms: ooms.map(atMs),
  };
}

/** Follows the noise-free curve, peaks included, minute by minute from the window's end. Page cache is given back first. */
export function limitReachedAt(plan: Plan, born: number): number | null {
  const limit = plan.limit?.mib ?? Number.POSITIVE_INFINITY;
  const end = plan.hours + BEYOND_HOURS;
  for (let h = plan.hours; h <= end; h += 1 / 60) {
    const used = plan.level(h, born) + (plan.leak?.grown(h, born) ?? 0) + plan.kernelMiB;
    if (used >= limit) return h;
  }
  return null;
}
