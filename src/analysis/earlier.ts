import type { Part, Series } from '../model/assessment.js';
import type { LedgerLine } from '../model/ledger.js';
import { bucketed } from './floor.js';
import { FROM_START_MS, type Life } from './lives.js';
import { slopeOf } from './slope.js';
import { trackOf } from './tracks.js';

/** A life before: its start (Unix ms), and whether it was seen from there; its slope, bytes per hour, and the least it may be. */
type Earlier = { readonly startedAtMs: number; readonly fromStart: boolean; readonly perHour: number; readonly low: number };

const POINTS = 24;
/** Its first half may be warm-up; a rise is so many errors above none, and alike within this factor. Choices. */
const BEGINNING = 0.5;
const SURE = 2.5;
const ALIKE = 3;

/**
 * Since when lives climb as the present one does, Unix ms: a restart that only reset the growth is not where it began. Undefined when
 * the first of them was not seen from its start: then it is older than what was seen.
 *
 *      __/        /|  /          /|  /
 *     | ^        / | /        …/  | /
 *    since here  ^ since here     older
 */
export function climbsSince(perHour: number, part: Part, lives: readonly Life[], series: Series): number | undefined {
  const present = lives.at(-1)?.run?.startedAtMs;
  let since = present;
  for (const life of earlierOf(part, lives, series, present ?? Number.NEGATIVE_INFINITY)) {
    const ratio = life ? life.perHour / perHour : 0;
    if (!life || life.low <= 0 || ratio < 1 / ALIKE || ratio > ALIKE) return since;
    since = life.fromStart ? life.startedAtMs : undefined;
  }
  return since;
}

/** Newest first; null where nothing is known of one. Those that samples reach, and before them those in the ledger. */
function earlierOf(part: Part, lives: readonly Life[], { ledger = [], replica }: Series, beforeMs: number): (Earlier | null)[] {
  const lines = part === 'anon' ? ledger.filter((line) => line.replica === replica.key && line.startedAtMs < beforeMs) : [];
  const byStart = new Map(lines.map((line) => [line.startedAtMs, line]));
  const seen = lives.slice(0, -1).map((life) => {
    const line = life.run ? byStart.get(life.run.startedAtMs) : undefined;
    return fromSamples(part, life) ?? (line ? fromLine(line) : null);
  });
  const oldestMs = lives[0]?.run?.startedAtMs ?? Number.NEGATIVE_INFINITY;
  const told = lines.filter(({ startedAtMs }) => startedAtMs < oldestMs).sort((a, b) => b.startedAtMs - a.startedAtMs);
  return [...seen.reverse(), ...told.map(fromLine)];
}

function fromSamples(part: Part, { run, columns }: Life): Earlier | null {
  const points = bucketed(trackOf(columns, part), POINTS, 0.2);
  const from = Math.floor(points.t.length * BEGINNING);
  const slope = slopeOf({ t: points.t.subarray(from), bytes: points.bytes.subarray(from) });
  if (!slope) return null;
  const firstMs = columns.t[0] ?? 0;
  const startedAtMs = run?.startedAtMs ?? firstMs;
  const fromStart = run !== null && firstMs - startedAtMs <= FROM_START_MS;
  return { startedAtMs, fromStart, perHour: slope.perHour, low: slope.perHour - SURE * slope.error };
}

function fromLine({ startedAtMs, settledMs, slopeBytesPerHour: slope }: LedgerLine): Earlier | null {
  return slope ? { startedAtMs, fromStart: settledMs !== null, perHour: slope.value, low: slope.low } : null;
}
