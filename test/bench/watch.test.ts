import { describe, expect, test } from '@jest/globals';
import { remembered } from '../../bench/detect/remembered.js';
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

describe('what the store would hold', () => {
  const { samples } = drawn('/'.repeat(5), SLOW);
  test('two hours as they came, five minutes each before that, nothing of the future', () => {
    const held = remembered(samples)(4 * HOUR);
    expect(held.at(-1)?.t).toBe(4 * HOUR);
    expect(held.filter(({ t }) => t >= 2 * HOUR)).toEqual(samples.filter(({ t }) => t >= 2 * HOUR && t <= 4 * HOUR));
    expect(held.filter(({ t }) => t < 2 * HOUR).map(({ t }) => t / MINUTE)).toEqual(
      Array.from({ length: 24 }, (_, i) => 5 * i + 2),
    );
  });
  test('a roll-up has the mean, and the least, to a page', () => {
    const [first] = remembered(samples)(4 * HOUR);
    const slot = samples.slice(0, 5).map(({ anon = 0 }) => anon);
    expect(Math.abs((first?.anon ?? 0) - slot.reduce((a, b) => a + b) / 5)).toBeLessThanOrEqual(4096);
    expect(Math.abs((first?.leastAnon ?? 0) - Math.min(...slot))).toBeLessThanOrEqual(2 * 4096);
    expect(first?.leastShmem).toBe(0);
  });
  test('asked again and again, it is what it would be if asked only once', () => {
    const past = remembered(samples);
    for (let now = 0; now < 5 * HOUR; now += 7 * MINUTE) past(now);
    expect(past(5 * HOUR)).toEqual(remembered(samples)(5 * HOUR));
  });
});
