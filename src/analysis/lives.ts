import type { Series } from '../model/assessment.js';
import type { Run } from '../model/replica.js';
import { type Columns, rowAt, rows } from './columns.js';
import { withShared } from './shared.js';

/** Start-up: loading code, opening pools, first requests. Not judged, because every process grows then. */
const SETTLING_MS = 15_000;

/** Seen this soon, a life was seen from its start. */
export const FROM_START_MS = 5 * 60_000;

/** The samples of one run of one container. */
export type Life = {
  /** Null: what was seen before the first known start. */
  readonly run: Run | null;
  readonly columns: Columns;
};

/**
 * The rows of a series cut at its starts, oldest first; the last one is the present life, which may be without samples. What a restart gave
 * back is not growth that went away, and what two lives did is not one growth.
 *
 *      /|  /|   /
 *     / | / |  /
 *     life life now
 */
export function livesOf(columns: Columns, { replica, runs }: Pick<Series, 'replica' | 'runs'>): Life[] {
  const known = new Map([...runs, replica.run].map((run) => [run.startedAtMs, run]));
  const starts = [...known.values()].filter(({ startedAtMs }) => Number.isFinite(startedAtMs));
  const lives: (Run | null)[] = [null, ...starts.sort((a, b) => a.startedAtMs - b.startedAtMs)];
  return lives.flatMap((run, i) => {
    const next = lives[i + 1];
    const from = run ? rowAt(columns, run.startedAtMs + SETTLING_MS) : 0;
    const to = next ? rowAt(columns, next.startedAtMs) : columns.t.length;
    return to > from || !next ? [{ run, columns: withShared(rows(columns, Math.min(from, to), to)) }] : [];
  });
}
