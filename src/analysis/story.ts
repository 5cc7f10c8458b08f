import type { Assessment, Event, Exclusion, Part, Series } from '../model/assessment.js';
import type { Climb } from './cycle.js';
import { climbsSince } from './earlier.js';
import { exclusionsOf } from './exclusions.js';
import type { Growth } from './growth.js';
import type { Life } from './lives.js';
import { beginsMs, nearest, onsetOf } from './onset.js';
import { startsOf } from './starts.js';
import type { WarmUp } from './warm-up.js';

/** What goes with growth: since when, what began then, and what it is not. */
export type Story = Pick<Assessment, 'onsetMs' | 'onsetNear'> & { readonly not: readonly Exclusion[] };

export type Told = {
  readonly series: Series;
  /** Of its first sample, Unix ms; undefined when it has none. */
  readonly seenFromMs: number | undefined;
  /** The last is the present one. */
  readonly lives: readonly Life[];
  readonly growth: Growth | null;
  readonly part: Part;
  readonly climb: Climb | null;
  readonly warmUp: WarmUp | null;
  readonly nowMs: number;
};

/** Empty where nothing grows: who does not grow has no onset. */
export function storyOf(told: Told): Story {
  const { series, lives, growth, part, climb, warmUp, nowMs } = told;
  const life = lives.at(-1);
  if (!life || (!climb && (!growth || growth.says === 'calm'))) return { not: [] };
  const { columns, run } = life;
  const firstMs = columns.t[0] ?? nowMs;
  const upMs = nowMs - (run?.startedAtMs ?? firstMs);
  const sinceMs = climb || !growth ? firstMs : beginsMs(growth);
  const not = exclusionsOf({ columns, part, sinceMs, upMs, warmUp });
  const starts = startsOf(series, told.seenFromMs);
  const onsetMs = beganMs(told, life, starts);
  if (onsetMs === undefined) return { not };
  const onsetNear = nearest(onsetMs, starts, (columns.t.at(-1) ?? 0) - firstMs);
  return { not, onsetMs, ...(onsetNear ? { onsetNear } : {}) };
}

/**
 * Of lives that climb alike, the start of the first; else the bend in the present life, or its start, unless the lives before it
 * climbed like it. A start must be known to have been one: what was seen first may be older.
 */
function beganMs(
  { series, lives, growth, part, climb }: Told,
  { run, columns }: Life,
  starts: readonly Event[],
): number | undefined {
  const seenStart = (ms: number | null | undefined) => starts.find(({ atMs }) => atMs === ms)?.atMs;
  if (climb) return seenStart(climb.sinceMs);
  if (!growth) return undefined;
  const onsetMs = onsetOf(growth, seenStart(run?.startedAtMs), columns.t[0] ?? Number.NEGATIVE_INFINITY);
  return onsetMs !== run?.startedAtMs ? onsetMs : seenStart(climbsSince(growth.perHour.value, part, lives, series));
}
