import { describe, expect, test } from '@jest/globals';
import { type Climb, climbingOf, climbOf } from '../../src/analysis/cycle.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import { type Drawing, drawn, MIB, MINUTE } from '../support/draw-series.js';
import { livesIn } from '../support/lives-in.js';

const HOUR = 60 * MINUTE;
const NOISY: Drawing = { charMs: 10 * MINUTE, intervalMs: MINUTE, noiseBytes: MIB, baseBytes: 60 * MIB };
/** Judged with this limit; whatever the drawing says of kills. */
const climb = (picture: string, limitBytes: number | null, drawing: Drawing = {}): Climb | null =>
  climbOf(livesIn(drawn(picture, { ...NOISY, ...drawing })), limitBytes);
/** A life that is known by its line only, and climbed from its base to its peak. */
const lineOf = (startedAtMs: number, hours: number, baseBytes: number, peakBytes: number): LedgerLine => {
  const value = (peakBytes - baseBytes) / hours;
  return {
    ...{ replica: 'api', containerId: 'a', image: 'api:1', startedAtMs, endedAtMs: startedAtMs + hours * HOUR, oomKilled: false },
    ...{
      limitBytes: null,
      baseBytes,
      peakBytes,
      settledMs: 0,
      slopeBytesPerHour: { value, low: 0.9 * value, high: 1.1 * value },
    },
  };
};
/** Of one character in ten minutes, bytes per hour. */
const perHour = (mib: number) => 6 * mib * MIB;

describe('/|/|/| killed', () => {
  const UP = '/'.repeat(20);
  const limit = 145 * MIB;
  test('again and again at the limit: their rate, and since when', () => {
    const found = climb(`_____!${UP}!${UP}!${UP}!////`, limit);
    expect(found).toMatchObject({ kind: 'killed', cycle: { lives: 4, oomKilled: 3, endedBy: 'out-of-memory' } });
    expect((found?.perHour.value ?? 0) / perHour(4)).toBeCloseTo(1, 1);
    expect(found?.sinceMs).toBe(5 * 10 * MINUTE);
    expect((found?.cycle.usualLifeMs ?? 0) / HOUR).toBeCloseTo(20 / 6, 0);
  });
  test('once, and the present life is on the same way; not when it is calm', () => {
    const once = climb(`${UP}!${'/'.repeat(8)}`, limit);
    // The present one is one of those that climb alike.
    expect(once).toMatchObject({ kind: 'killed', cycle: { lives: 2, oomKilled: 1 } });
    expect(climb(`${UP}!${'_'.repeat(20)}`, limit)).toBeNull();
  });
  test('without a known limit, lives that end at the same level end at one', () => {
    expect(climb(`${UP}!${UP}!${UP}!////`, null)).toMatchObject({ kind: 'killed', cycle: { oomKilled: 0, endedBy: 'restarts' } });
  });
  test('it was mended: the present life surely does less than half of it', () => {
    expect(climb(`${UP}!${UP}!${UP}!${'_'.repeat(20)}`, limit)).toBeNull();
  });
});

describe('__-|__-|__- cut short', () => {
  const SHORT: Drawing = { stepBytes: MIB };
  test('several lives that rise alike, each too little to say anything', () => {
    const found = climb(`${'/////////!'.repeat(5)}/////////`, 900 * MIB, SHORT);
    expect(found).toMatchObject({ kind: 'cut short', cycle: { oomKilled: 0, endedBy: 'restarts' } });
    expect((found?.perHour.value ?? 0) / perHour(1)).toBeCloseTo(1, 1);
    expect(found?.perHour.low).toBeLessThan(perHour(1));
    expect(found?.perHour.high).toBeGreaterThan(perHour(1));
  });
  test('of a process that has next to nothing, what is next to nothing is no climb', () => {
    const [KIB, steps] = [1_024, '/////////'];
    const tiny: Drawing = { baseBytes: 200 * KIB, stepBytes: 4 * KIB, noiseBytes: KIB };
    expect(climb(`${steps}!${steps}!${steps}!${steps}`, null, tiny)).toBeNull();
    // By what the ledger has of lives before: two that end at one level, without a limit, were ended there.
    const told = (bytes: number) => [-48, -24].map((hours) => lineOf(hours * HOUR, 24, 4 * bytes, 7 * bytes));
    const present = livesIn(drawn(' ', NOISY));
    expect(climbOf(present, null, told(20 * MIB))?.kind).toBe('killed');
    expect(climbOf(present, null, told(20 * KIB))).toBeNull();
  });
  test('two are not several', () => expect(climb('/////////!/////////', 900 * MIB, SHORT)).toBeNull());
  test('lives that stay where they are, or go anywhere, are none', () => {
    expect(climb('_________!_________!_________!_________', 900 * MIB)).toBeNull();
    expect(climb('/////////!\\\\\\\\\\\\\\\\\\!/////////!\\\\\\\\\\\\\\\\\\', 900 * MIB, SHORT)).toBeNull();
  });
  test('/‾‾|/‾‾|/‾‾ the warm-up of each is no leak', () => {
    // Longer than the quarter of a life that is left out.
    const WARM = '//////////////__________________';
    expect(climb(`${`${WARM}!`.repeat(4)}${WARM}`, 900 * MIB, { charMs: 2 * MINUTE, intervalMs: 20_000 })).toBeNull();
  });
  test('.-‾|.-‾|.-‾|/ nor that of the present life, which has done nothing else yet', () => {
    // Hours that each lives; all settle in the same way, the longer ones the farther.
    const picture = [17, 15, 9, 2].map((hours) => '_'.repeat(6 * hours)).join('!');
    const series = drawn(picture, { ...NOISY, noiseBytes: 2 * MIB, ageMs: 0, seed: 3 });
    const starts = series.runs.map(({ startedAtMs }) => startedAtMs);
    const warmUp = (t: number) =>
      60 * MIB * (1 - Math.exp((Math.max(...starts.filter((start) => start <= t)) - t) / (1.5 * HOUR)));
    const samples = series.samples.map((sample) => ({ ...sample, anon: (sample.anon ?? 0) + warmUp(sample.t) }));
    expect(climbOf(livesIn({ ...series, samples }), 900 * MIB)).toBeNull();
  });
  test('_/_/_‖____ it was mended', () => {
    expect(climb(`${'/////////!'.repeat(5)}${'_'.repeat(30)}`, 900 * MIB, SHORT)).toBeNull();
  });
});

test('lives that climbed far are known, the present one is none of them', () => {
  const lives = livesIn(drawn(`${'/'.repeat(20)}!${'_'.repeat(20)}!${'/'.repeat(20)}`, NOISY));
  expect(lives.map((life) => climbingOf(lives).has(life))).toEqual([true, false, false]);
});
