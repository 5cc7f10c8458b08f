import type { LedgerLine } from '../model/ledger.js';
import type { Run } from '../model/replica.js';
import { mostOf } from './columns.js';
import { bucketed, type Track } from './floor.js';
import type { Life } from './lives.js';
import { type Slope, slopeOf } from './slope.js';
import { trackOf } from './tracks.js';

/** One life as a climb: its slope once it is past its beginning, and the slopes of the two halves of that. */
export type Ascent = {
  readonly slope: Slope;
  /** Null: too short, or not known any more. Found out when they are asked for: few are. */
  readonly halves: () => { readonly early: Slope; readonly late: Slope } | null;
  readonly hours: number;
  readonly peakBytes: number;
  readonly killed: boolean;
  readonly ended: boolean;
  readonly run: Run | null;
  /** Its first sample. */
  readonly fromMs: number;
};

/** A life is measured once it is past its beginning: the first quarter is warm-up. A choice. */
const BEGINNING = 0.25;
const POINTS = 24;
/** So near the limit the kernel ended it, whether it was seen to or not (facts: 88 % and more). */
const AT_THE_LIMIT = 0.88;
export function ascentOf({ run, columns }: Life, limitBytes: number | null, ended: boolean): Ascent | null {
  const track = trackOf(columns, 'anon');
  const [first, last] = [track.t[0] ?? 0, track.t.at(-1) ?? 0];
  const points = bucketed(track, POINTS, 0.2);
  const settled = part(points, BEGINNING, 1);
  const slope = slopeOf(settled);
  if (!slope) return null;
  const peakBytes = mostOf(columns.used);
  const atLimit = limitBytes !== null && peakBytes >= AT_THE_LIMIT * limitBytes;
  return {
    slope,
    halves: () => halvesOf(points),
    hours: (last - first) / 3_600_000,
    peakBytes,
    killed: ended && (run?.oomKilled === true || atLimit),
    ended,
    run,
    fromMs: first,
  };
}

function halvesOf(points: Track): ReturnType<Ascent['halves']> {
  const middle = (1 + BEGINNING) / 2;
  const [early, late] = [slopeOf(part(points, BEGINNING, middle)), slopeOf(part(points, middle, 1))];
  return early && late && { early, late };
}

function part({ t, bytes }: Track, from: number, to: number): Track {
  const [a, b] = [Math.floor(t.length * from), Math.ceil(t.length * to)];
  return { t: t.subarray(a, b), bytes: bytes.subarray(a, b) };
}

const HOUR_MS = 3_600_000;

/** An ended life by its line in the ledger; null when it was too short to have a slope. Its halves are not known any more. */
export function ascentOfLine(line: LedgerLine): Ascent | null {
  const { slopeBytesPerHour: rate, baseBytes, peakBytes, startedAtMs, endedAtMs } = line;
  if (!rate || baseBytes === null || peakBytes === null || endedAtMs <= startedAtMs) return null;
  const hours = (endedAtMs - startedAtMs) / HOUR_MS;
  const slope = {
    perHour: rate.value,
    error: Math.max(1, (rate.high - rate.low) / 4),
    startBytes: baseBytes,
    endBytes: baseBytes + rate.value * hours,
  };
  return {
    ...{ slope, halves: () => null, hours, peakBytes, killed: line.oomKilled, ended: true, fromMs: startedAtMs },
    run: { containerId: line.containerId, image: line.image, startedAtMs, endedAtMs },
  };
}
