import { describe, expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import { inDoubt } from '../../src/analysis/doubt.js';
import { growthOf } from '../../src/analysis/growth.js';
import { spanWords } from '../../src/analysis/words.js';
import type { Assessment, Exclusion } from '../../src/model/assessment.js';
import { type Drawing, drawn, MIB, MINUTE, seeded } from '../support/draw-series.js';

const HOUR = 60 * MINUTE;
const CALM = '_'.repeat(70);

const judged = (picture: string, drawing: Drawing = {}): Assessment => {
  const series = drawn(picture, { baseBytes: 100 * MIB, noiseBytes: MIB / 2, ...drawing });
  return assess(series, series.toMs);
};
const say = ({ verdict, reason, explanation }: Assessment) => ({ verdict, reason, explanation });

/** Days of anon by its time (MiB), a sample every five minutes, with traffic and CPU where they are given. */
function course(hours: number, anonMib: (t: number) => number, load?: (t: number) => number): Assessment {
  const noise = seeded(3);
  const blank = drawn('', { ageMs: 48 * HOUR, limitBytes: 900 * MIB });
  let counted = 0;
  const samples = Array.from({ length: hours * 12 }, (_, i) => {
    const t = i * 5 * MINUTE;
    counted += load ? load(t) * 300 : 0;
    const anon = Math.round((anonMib(t) + 2 * noise()) * MIB);
    return { t, anon, ...(load ? { netRxBytes: counted, netTxBytes: 0, cpuNanos: counted } : {}) };
  });
  return assess({ ...blank, samples, toMs: hours * HOUR }, hours * HOUR);
}
const wave = (periodMs: number) => (t: number) => 1 - Math.cos((2 * Math.PI * t) / periodMs);

describe('why it is calm', () => {
  test('______ stays', () => {
    const explanation = 'Memory stays where it is.';
    expect(say(judged(CALM))).toEqual({ verdict: 'stable', reason: 'flat', explanation });
  });
  test('///_____ filled', () => {
    const filled = judged(`${'/'.repeat(15)}${CALM}`, { ageMs: 0 });
    expect(filled).toMatchObject({ reason: 'plateau', explanation: expect.stringContaining('and stays there') });
  });
  test('___/‾‾‾ and ‾‾‾\\___ another level', () => {
    expect(judged(`${CALM}//////${CALM}`)).toMatchObject({ verdict: 'stable', reason: 'plateau' });
    expect(judged(`${CALM}\\\\\\\\\\\\${CALM}`)).toMatchObject({
      reason: 'plateau',
      explanation: 'Memory has come down to a level and stays there.',
    });
  });
  test('/\\/\\/\\ teeth on a flat floor, with their length; noise is none', () => {
    expect(say(judged('///\\\\\\'.repeat(14)))).toEqual({
      ...{ verdict: 'stable', reason: 'sawtooth' },
      explanation: 'Memory rises and comes back down to the same floor, about every 6 min.',
    });
    for (let seed = 1; seed <= 10; seed += 1) expect(judged(CALM, { noiseBytes: 12 * MIB, seed }).reason).not.toBe('sawtooth');
  });
  test('.-.-. by the time of day, in a rhythm of its own, with traffic, with the CPU', () => {
    const day = wave(24 * HOUR);
    expect(say(course(96, (t) => 200 + 60 * day(t)))).toEqual({
      ...{ verdict: 'stable', reason: 'load' },
      explanation: 'Memory follows the time of day and comes back down each day.',
    });
    expect(course(40, (t) => 200 + 60 * wave(10 * HOUR)(t))).toMatchObject({
      ...{ verdict: 'stable', reason: 'load' },
      explanation: 'Memory rises and comes back down, as it does with load.',
    });
    const uneven = (t: number) => 1 + Math.sin(t / (2.3 * HOUR)) * Math.sin(t / (5.1 * HOUR));
    const traffic = course(
      40,
      (t) => 200 + 60 * uneven(t),
      (t) => 50_000 * uneven(t),
    );
    expect(traffic).toMatchObject({ reason: 'load', explanation: 'Memory goes up and down with network traffic.' });
    const cpu = course(
      40,
      (t) => 200 + 60 * uneven(t),
      (t) => 10 * uneven(t),
    );
    expect(cpu).toMatchObject({ reason: 'load', explanation: 'Memory goes up and down with the CPU.' });
  });
  test('only page cache grows', () => {
    expect(judged(CALM, { file: (t) => 20 * MIB + (t / MINUTE) * 10 * MIB }).reason).toBe('cache');
  });
});

describe('why it is no more than suspicious, and what would tell', () => {
  /** Growth over so many hours that is held against all shapes; the harmless one that explains it best is made to be `best`. */
  function doubted(hours: number, best: string, over: Partial<Parameters<typeof inDoubt>[0]> = {}) {
    const t = Float64Array.from({ length: 200 }, (_, i) => (i * hours * HOUR) / 199);
    const found = growthOf({ t, bytes: t.map((at) => 100 * MIB + (at / HOUR) * MIB) });
    if (!found) throw new Error('nothing was fitted');
    const { harmless } = found.contest;
    const contest = { ...found.contest, harmless: { ...harmless, shape: { ...harmless.shape, name: best } } };
    const growth = { ...found, contest };
    const { reason, wouldHelp, explanation } = inDoubt({
      ...{ growth, part: 'anon', limitBytes: 512 * MIB, not: [], loadKnown: true },
      ...over,
    });
    expect(explanation).toMatch(/^Anonymous memory \(heap, stacks\) .*\.$/);
    return [reason, wouldHelp];
  }
  const notLoad: Exclusion = { cause: 'load', of: 'net', change: -0.3 };
  test('load explains it, or a part of a day was seen: a whole day, or what was not measured', () => {
    expect(doubted(8, 'plateau')).toEqual(['load', 'a-whole-day']);
    expect(doubted(8, 'plateau', { loadKnown: false })).toEqual(['load', 'cpu-and-net']);
    expect(doubted(2, 'wave')).toEqual(['load', 'a-whole-day']);
    expect(doubted(50, 'load')).toEqual(['load', 'time']);
    expect(doubted(50, 'wave', { loadKnown: false })).toEqual(['load', 'cpu-and-net']);
  });
  test('not where load was measured and is not the cause, nor of an hour', () => {
    expect(doubted(8, 'plateau', { not: [notLoad] })).toEqual(['steady-growth', 'time']);
    expect(doubted(1, 'plateau')).toEqual(['steady-growth', 'time']);
  });
  test('after a day it is the limit that is missing', () => {
    expect(doubted(30, 'step', { limitBytes: null })).toEqual(['steady-growth', 'a-limit']);
    expect(doubted(2, 'step', { limitBytes: null })).toEqual(['steady-growth', 'time']);
  });
});

test('how long something lasted', () => {
  expect([90_000, 12 * MINUTE, 119 * MINUTE, 5 * HOUR].map(spanWords)).toEqual(['90 s', '12 min', '119 min', '5 h']);
});
