import { expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import type { Series } from '../../src/model/assessment.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import { drawn, MIB } from '../support/draw-series.js';

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const RATE = MIB;

/** A week of one image in one line: it grew by a mebibyte an hour, or by `perHour`. */
const week = (ago: number, perHour = RATE): LedgerLine => ({
  ...{ replica: '', containerId: `old-${ago}`, image: `api:${10 - ago}`, oomKilled: false, limitBytes: 1024 * MIB },
  startedAtMs: -ago * WEEK,
  endedAtMs: -(ago - 1) * WEEK - HOUR,
  baseBytes: 60 * MIB,
  peakBytes: 60 * MIB + 168 * Math.abs(perHour),
  slopeBytesPerHour: { value: perHour, low: perHour - RATE / 10, high: perHour + RATE / 10 },
  settledMs: HOUR / 4,
});

/** Three hours of the newest deploy: three mebibytes, and far more noise. */
function threeHours(ledger: readonly LedgerLine[], picture = '///'): Series {
  const drawing = { charMs: HOUR, stepBytes: RATE, intervalMs: 60_000, noiseBytes: 30 * MIB, limitBytes: 1024 * MIB, ageMs: 1 };
  const series = drawn(picture, drawing);
  return { ...series, ledger: ledger.map((line) => ({ ...line, replica: series.replica.key })) };
}
const verdictOf = (series: Series) => assess(series, series.toMs);

test('weeks that all grew alike are one leak, whatever deploys did: since when, how fast, when the newest runs out', () => {
  const found = verdictOf(threeHours([week(4), week(3), week(2), week(1)]));
  expect(found).toMatchObject({ verdict: 'leaking', reason: 'restart-cycle', cycle: { lives: 5, oomKilled: 0 } });
  expect((found.growthBytesPerHour?.value ?? 0) / RATE).toBeCloseTo(1, 0);
  // 1 GiB less 80 MiB, at a mebibyte an hour: about 39 days after the deploy.
  expect((found.limitAtMs?.value ?? 0) / (24 * HOUR)).toBeGreaterThan(30);
});

test('without them, three noisy hours are no leak; nor with weeks that were calm, or with a deploy that mended it', () => {
  expect(verdictOf(threeHours([])).verdict).not.toBe('leaking');
  expect(verdictOf(threeHours([week(3, 0), week(2, 0), week(1, 0)])).verdict).not.toBe('leaking');
  expect(verdictOf(threeHours([week(3, 8 * RATE), week(2, 8 * RATE), week(1, 8 * RATE)], '___')).verdict).not.toBe('leaking');
});
