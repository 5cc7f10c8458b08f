import { describe, expect, test } from '@jest/globals';
import { warmUpOf } from '../../src/analysis/warm-up.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';
import { livesIn } from '../support/lives-in.js';

/** Lives one after the other; `images` from the first on. The drawing's first life was not seen from its start. */
function learned(picture: string, images: readonly string[], ledger: readonly LedgerLine[] = []) {
  const series = drawn(picture, { noiseBytes: MIB / 4, stepBytes: 8 * MIB, ageMs: 0 });
  const runs = series.runs.map((run, i) => ({ ...run, image: images[i] ?? '' }));
  const run = runs.at(-1);
  if (!run) throw new Error('no life');
  const replica = { ...series.replica, run };
  return warmUpOf(run, livesIn({ ...series, runs, replica }), ledger);
}
const line = (over: Partial<LedgerLine> = {}): LedgerLine => ({
  ...{ replica: 'another', containerId: 'old', image: 'api:1', startedAtMs: -9e8, endedAtMs: -8e8, oomKilled: false },
  ...{ limitBytes: null, baseBytes: 300 * MIB, peakBytes: 310 * MIB, slopeBytesPerHour: null, settledMs: 25 * MINUTE },
  ...over,
});
const WARM = `//////////${'_'.repeat(30)}`;

describe('how an image warms up', () => {
  test('/‾‾‾!/‾‾‾!/ as its earlier lives did: how long, and to which level', () => {
    const found = learned(`${WARM}!${WARM}!//`, ['api:1', 'api:1', 'api:1']);
    expect(found?.lives).toBe(2);
    expect((found?.usualMs ?? 0) / MINUTE).toBeGreaterThan(7);
    expect((found?.longestMs ?? 0) / MINUTE).toBeLessThan(13);
    expect((found?.levelBytes ?? 0) / MIB).toBeCloseTo(140, -1);
  });
  test('the longest and the highest count, and the middle one is usual', () => {
    const [slow, high] = [line({ settledMs: 60 * MINUTE }), line({ baseBytes: 900 * MIB })];
    expect(learned('//', ['api:1'], [line(), slow, high])).toEqual({
      ...{ usualMs: 25 * MINUTE, longestMs: 60 * MINUTE, levelBytes: 900 * MIB, lives: 3 },
    });
  });
  test('another image tells nothing, and an unknown one neither', () => {
    expect(learned(`${WARM}!//`, ['api:1', 'api:2'])).toBeNull();
    expect(learned(`${WARM}!//`, ['', ''])).toBeNull();
    expect(learned('//', ['api:2'], [line()])).toBeNull();
  });
  test('////// a life that never settled tells nothing', () => {
    expect(learned(`${'/'.repeat(40)}!//`, ['api:1', 'api:1'])).toBeNull();
    expect(learned('//', ['api:1'], [line({ settledMs: null }), line({ baseBytes: null })])).toBeNull();
  });
  test('the line of the present life is no earlier one', () => {
    expect(learned('//', ['api:1'], [line({ startedAtMs: 0 })])).toBeNull();
  });
});
