import { expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import { joinedGrowth } from '../../src/analysis/joined.js';
import type { Series } from '../../src/model/assessment.js';
import { replica } from '../support/fleet.js';
import { livesIn } from '../support/lives-in.js';

const [MIB, HOUR] = [2 ** 20, 3_600_000];
const SAMPLE_MS = 5 * 60_000;
const DEPLOYED_H = 96;
const UNTIL_H = 120;

/** Four days of an image with a tide of 20 MiB on 300, then a day of the next one, which holds `more(hours)` MiB beside the tide. */
function deployed(more: (hours: number) => number, scale = 1): Series {
  const samples = Array.from({ length: (UNTIL_H * HOUR) / SAMPLE_MS }, (_, i) => {
    const hours = (i * SAMPLE_MS) / HOUR;
    const tide = 10 * Math.sin((2 * Math.PI * hours) / 24) + Math.sin(1.7 * i);
    const anon = Math.round(scale * MIB * (300 + tide + (hours < DEPLOYED_H ? 0 : more(hours - DEPLOYED_H))));
    return { t: i * SAMPLE_MS, usage: anon, anon, file: 0, kernel: 0, shmem: 0, limit: 1024 * MIB };
  });
  const old = { containerId: 'a', image: 'api:1', startedAtMs: -HOUR * 1_000, endedAtMs: DEPLOYED_H * HOUR };
  const run = { containerId: 'b', image: 'api:2', startedAtMs: DEPLOYED_H * HOUR };
  return {
    replica: replica('api', 1, { run, limitBytes: 1024 * MIB }),
    fromMs: 0,
    toMs: UNTIL_H * HOUR,
    samples,
    runs: [old, run],
  };
}
const filling = (hours: number) => -40 * Math.exp(-hours / 3);

test('a deploy that fills for hours and then stays is no growth, however surely it ends above where it began', () => {
  const series = deployed(filling);
  expect(joinedGrowth(livesIn(series))).toBeNull();
  expect(assess(series, series.toMs).verdict).not.toBe('leaking');
});

test.each([
  ['from the deploy on', (hours: number) => hours],
  ['under a warm-up', (hours: number) => filling(hours) + hours],
])('a leak below the tide is found by what earlier lives know of the day: %s', (_, more) => {
  const perHour = joinedGrowth(livesIn(deployed(more)))?.perHour;
  expect((perHour?.value ?? 0) / MIB).toBeCloseTo(1, 0);
  expect(perHour?.low).toBeGreaterThan(0);
});

test('a few pages more in a day are no growth, of a process that has a few hundred of them', () => {
  const growing = (scale: number) =>
    assess(
      deployed((hours) => hours, scale),
      UNTIL_H * HOUR,
    ).verdict;
  expect([1, 1 / 1024].map(growing)).toEqual(['leaking', 'stable']);
});
