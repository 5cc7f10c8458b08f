import { describe, expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import { goesOn } from '../../src/analysis/goes-on.js';
import type { Series } from '../../src/model/assessment.js';
import { replica } from '../support/fleet.js';
import { livesIn } from '../support/lives-in.js';

const [MIB, HOUR] = [2 ** 20, 3_600_000];
const SAMPLE_MS = 5 * 60_000;
const LIMIT = 900 * MIB;
const DEPLOYED_H = 60;
/** When it begins to rise. */
const BEGINS_H = 84;

/** A tide of 60 MiB on 300 each day, a deploy in between, and beside it `more(hours since it began)` MiB. */
function seen(untilH: number, more: (hours: number) => number, fromH = 0): Series {
  const samples = Array.from({ length: ((untilH - fromH) * HOUR) / SAMPLE_MS }, (_, i) => {
    const hours = fromH + (i * SAMPLE_MS) / HOUR;
    const tide = 30 * Math.sin((2 * Math.PI * hours) / 24) + 4 * Math.sin(1.7 * i) + 3 * Math.sin(i / 40);
    const anon = Math.round(MIB * (300 + tide + more(Math.max(0, hours - BEGINS_H))));
    return { t: hours * HOUR, usage: anon, anon, file: 0, kernel: 0, shmem: 0, limit: LIMIT };
  });
  const old = { containerId: 'a', image: 'api:1', startedAtMs: -1_000 * HOUR, endedAtMs: DEPLOYED_H * HOUR };
  const run = { containerId: 'b', image: 'api:2', startedAtMs: DEPLOYED_H * HOUR };
  const runs = fromH < DEPLOYED_H ? [old, run] : [run];
  return { replica: replica('api', 1, { run, limitBytes: LIMIT }), fromMs: 0, toMs: untilH * HOUR, samples, runs };
}
const told = (series: Series) => goesOn(livesIn(series), 'anon');
const leaks = (hours: number) => 5 * hours;
const rises = (lastsH: number) => (hours: number) => 60 * Math.min(1, hours / lastsH);

describe('under a tide as high as the growth is', () => {
  test.each([12, 20, 30])('__/ a leak of %i h goes on', (hours) => {
    expect(told(seen(BEGINS_H + hours, leaks))).toBeGreaterThan(10);
  });
  test.each([0.1, 3, 6])('__/‾‾ a rise of %f h that ended has ended, by day and by night', (lastsH) => {
    for (const hours of [14, 20, 30, 40]) expect(told(seen(BEGINS_H + hours, rises(lastsH)))).toBeLessThan(0);
  });
  test('__/ while it rises nobody knows that it will end', () => {
    expect(told(seen(BEGINS_H + 8, rises(8)))).toBeGreaterThan(5);
  });
  test('_.-‾ what fills has nearly ended when three quarters of it are there', () => {
    const filling = (hours: number) => 300 * (1 - Math.exp(-hours / 8));
    expect(told(seen(BEGINS_H + 14.4, filling))).toBeLessThan(0);
  });
  test('a warm-up, and a leak beside it, begin together', () => {
    const filling = (hours: number) => (hours > 0 ? 60 * (1 - Math.exp(-hours / 2)) : 0);
    expect(told(seen(BEGINS_H + 24, filling))).toBeLessThan(0);
    expect(told(seen(BEGINS_H + 24, (hours) => filling(hours) + leaks(hours)))).toBeGreaterThan(10);
  });
});

test('of less than a day nobody can tell a rise from the tide', () => {
  expect(told(seen(BEGINS_H + 12, leaks, BEGINS_H - 8))).toBeNull();
  // A day, the hour of start-up, and the five minutes that the last sample does not reach.
  expect(told(seen(BEGINS_H + 16, leaks, BEGINS_H - 9))).toBeNull();
  expect(told(seen(BEGINS_H + 16, leaks, BEGINS_H - 10))).not.toBeNull();
});

test('an assessment has it where something leaks', () => {
  const series = seen(BEGINS_H + 30, leaks);
  expect(assess(series, series.toMs)).toMatchObject({ verdict: 'leaking', goesOn: expect.any(Number) });
  const calm = seen(BEGINS_H + 30, () => 0);
  expect(assess(calm, calm.toMs).goesOn).toBeUndefined();
});
