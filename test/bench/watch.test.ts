import { describe, expect, test } from '@jest/globals';
import { endOf, firing, QUIET, type Rule } from '../../bench/detect/rule.js';
import { watchOurs, watchRule } from '../../bench/detect/watch.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';
import { lineOf } from './line-of.js';

const HOUR = 60 * MINUTE;
const SLOW = { charMs: HOUR, intervalMs: MINUTE, stepBytes: 10 * MIB, noiseBytes: MIB };

describe('a rule over time', () => {
  const flat = lineOf(drawn('_'.repeat(30), SLOW));
  /** Fires while the hour of its last sample is one of these. */
  const during =
    (...hours: number[]): Rule =>
    (line) =>
      hours.includes(Math.floor(endOf(line) / HOUR)) ? firing(line, MIB, 0) : QUIET;

  test('is asked every quarter of an hour, about the past day and nothing that comes later', () => {
    const seen: [number, number, number][] = [];
    watchRule((line) => {
      seen.push([line.samples[0]?.t ?? 0, endOf(line), line.samples.length]);
      return QUIET;
    }, flat);
    expect(seen).toHaveLength(119);
    expect(seen[0]).toEqual([0, 15 * MINUTE, 16]);
    expect(seen.at(-1)).toEqual([119 * 15 * MINUTE - 24 * HOUR, 119 * 15 * MINUTE, 24 * 60 + 1]);
  });
  test('a new alert when it begins to fire; what returns within the hour is the same', () => {
    const alerts = watchRule(during(3, 4, 9), flat);
    expect(alerts.map(({ t }) => t / HOUR)).toEqual([3, 9]);
    expect(watchRule(during(3, 5), flat)).toHaveLength(2);
    const flapping: Rule = (line) => (Math.floor(endOf(line) / (15 * MINUTE)) % 4 === 0 ? firing(line, MIB, 0) : QUIET);
    expect(watchRule(flapping, flat)).toHaveLength(1);
  });
  test('less than four hours left is a page', () => {
    const left =
      (hours: number): Rule =>
      (line) => ({ ...firing(line, MIB, 0), limitAtMs: endOf(line) + hours * HOUR });
    expect(watchRule(left(3.9), flat)).toMatchObject([{ level: 'page' }]);
    expect(watchRule(left(4.1), flat)).toMatchObject([{ level: 'message' }]);
    expect(watchRule((line) => ({ ...left(1)(line), limitAtMs: null }), flat)).toMatchObject([{ level: 'message' }]);
  });
  test('while nothing is measured it is not asked', () => {
    const gap = lineOf(drawn(`_${' '.repeat(30)}_`, SLOW));
    let asked = 0;
    watchRule(() => {
      asked += 1;
      return QUIET;
    }, gap);
    expect(asked).toBe(4 * 25 + 4 - 1);
  });
});

describe('Leakwatch over time', () => {
  test('a leak that begins is told once, after it began; a calm day is not told', () => {
    const alerts = watchOurs(lineOf(drawn(`${'_'.repeat(8)}${'/'.repeat(12)}`, SLOW)));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.t).toBeGreaterThan(8 * HOUR);
    expect(watchOurs(lineOf(drawn('_'.repeat(20), SLOW)))).toEqual([]);
  });
});
