import type { LedgerLine } from '../model/ledger.js';
import type { Run } from '../model/replica.js';
import { bucketed } from './floor.js';
import type { Life } from './lives.js';
import { medianOf } from './quantile.js';
import { trackOf } from './tracks.js';

/** How this image warms up, as its earlier lives did. */
export type WarmUp = {
  /** From the start until it was settled: the middle of those lives, and the longest of them. */
  readonly usualMs: number;
  readonly longestMs: number;
  /** The highest level that any of them settled at, bytes of anon. */
  readonly levelBytes: number;
  readonly lives: number;
};

/** A process this young may be warming up; an image that took so long to settle before may take a little longer this time. Choices. */
export const YOUNG_MS = 45 * 60_000;
export const AS_USUAL = 1.2;

/** It has settled when nine tenths of its rise are done, and when the last third rises by less than a tenth of it. Choices. */
const SETTLED = 0.9;
const LAST = 1 / 3;
const STILL = 0.1;

/** Null when no earlier life of the image is known, or none that settled. */
export function warmUpOf(present: Run | null, lives: readonly Life[], ledger: readonly LedgerLine[]): WarmUp | null {
  if (!present?.image) return null;
  const seen = lives.flatMap((life) =>
    life.run && life.run !== present && life.run.image === present.image ? (settlingOf(life) ?? []) : [],
  );
  const told = ledger.flatMap(({ image, settledMs, baseBytes, startedAtMs }) =>
    image === present.image && settledMs !== null && baseBytes !== null && startedAtMs !== present.startedAtMs
      ? [{ ms: settledMs, bytes: baseBytes }]
      : [],
  );
  const known = [...told, ...seen];
  if (known.length === 0) return null;
  const times = known.map(({ ms }) => ms);
  return {
    usualMs: medianOf(Float64Array.from(times)),
    longestMs: Math.max(...times),
    levelBytes: Math.max(...known.map(({ bytes }) => bytes)),
    lives: known.length,
  };
}

/**
 *        90 % of the rise
 *          |   ________
 *          | .'   last third: flat, or it never settled
 *         _|'
 *        start
 */
function settlingOf({ run, columns }: Life): { ms: number; bytes: number } | null {
  const { t, bytes } = bucketed(trackOf(columns, 'anon'), 60, 0.2);
  const [first, last] = [bytes[0], bytes.at(-1)];
  if (!run || first === undefined || last === undefined || t.length < 9) return null;
  const third = bytes.slice(-Math.ceil(bytes.length * LAST));
  const half = Math.ceil(third.length / 2);
  const level = medianOf(third.slice());
  const drift = medianOf(third.slice(half)) - medianOf(third.slice(0, half));
  const rise = level - first;
  if (rise <= 0) return { ms: (t[0] ?? run.startedAtMs) - run.startedAtMs, bytes: level };
  if (drift > STILL * rise) return null;
  const at = bytes.findIndex((value) => value >= first + SETTLED * rise);
  return { ms: (t[Math.max(0, at)] ?? run.startedAtMs) - run.startedAtMs, bytes: level };
}
