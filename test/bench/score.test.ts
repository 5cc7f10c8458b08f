import { describe, expect, test } from '@jest/globals';
import { type Answer, QUIET, UNKNOWN } from '../../bench/detect/rule.js';
import { type Answered, type Case, quantileOf, scoreVerdicts } from '../../bench/detect/score.js';
import { type Alert, scoreWatch } from '../../bench/detect/score-watch.js';

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;
const truth = { slopeBytesPerHour: null, onsetMs: null, oomMs: null, nextOomMs: null };
const healthy = (id: string, family = 'calm'): Case => ({ id, family, label: 'no-leak', truth, startMs: 0, endMs: 10 * HOUR });
const leak = (id: string, known: Partial<Case['truth']> = {}, family = 'leak'): Case => ({
  ...{ id, family, label: 'leak', startMs: 0, endMs: 10 * HOUR },
  truth: { ...truth, slopeBytesPerHour: 100, onsetMs: 0, ...known },
});
const leaking = (over: Partial<Answer> = {}): Answer => ({ ...QUIET, verdict: 'leaking', ...over });
const suspicious: Answer = { ...QUIET, verdict: 'suspicious' };
const scored = (...pairs: [Case, Answer][]) => scoreVerdicts(pairs.map(([of, answer]): Answered => ({ of, answer })));

describe('verdicts', () => {
  test('three leaks of four found, one false alarm: precision, recall and F1 of 3/4', () => {
    const { truePositives, falsePositives, falseNegatives, trueNegatives, precision, recall, f1, misses } = scored(
      ...(['a', 'b', 'c'].map((id) => [leak(id), leaking()]) as [Case, Answer][]),
      [leak('d'), QUIET],
      [healthy('e'), leaking()],
      [healthy('f'), QUIET],
    );
    expect([truePositives, falsePositives, falseNegatives, trueNegatives]).toEqual([3, 1, 1, 1]);
    expect([precision, recall, f1]).toEqual([0.75, 0.75, 0.75]);
    expect(misses).toEqual(['missed      d: stable', 'false alarm e']);
  });
  test('suspicious and unknown are no alarms: neither for a leak nor against health', () => {
    const { recall, falsePositives, families } = scored(
      [leak('a'), suspicious],
      [leak('b'), UNKNOWN],
      [healthy('c'), suspicious],
    );
    expect([recall, falsePositives]).toEqual([0, 0]);
    expect(families).toEqual({
      leak: { leak: true, cases: 2, leaking: 0, suspicious: 1 },
      calm: { leak: false, cases: 1, leaking: 0, suspicious: 1 },
    });
  });
  test('who says nothing scores nought, not NaN; what was not measured is null', () => {
    expect(scored([leak('a'), QUIET], [healthy('b'), QUIET])).toMatchObject({
      ...{ precision: 0, recall: 0, f1: 0 },
      ...{ limitErrorMedian: null, growthErrorMedian: null, cover: null },
    });
  });
  test('the leaking family found least, the healthy one flagged most', () => {
    const { worstLeakFamily, worstHealthyFamily } = scored(
      ...[0, 1, 2, 3].map((i): [Case, Answer] => [leak(`a${i}`, {}, 'easy'), leaking()]),
      ...[0, 1, 2, 3].map((i): [Case, Answer] => [leak(`b${i}`, {}, 'hard'), i === 0 ? leaking() : QUIET]),
      ...[0, 1].map((i): [Case, Answer] => [healthy(`c${i}`, 'flat'), QUIET]),
      ...[0, 1].map((i): [Case, Answer] => [healthy(`d${i}`, 'ramp'), i === 0 ? leaking() : QUIET]),
    );
    expect([worstLeakFamily, worstHealthyFamily]).toEqual([0.25, 0.5]);
  });
  test('time to the limit: its error is a share of the time that is left, over leaks that were found', () => {
    const left4h = { nextOomMs: 14 * HOUR };
    const { limitErrorMedian, limitErrorP90, limitErrors } = scored(
      [leak('a', left4h), leaking({ limitAtMs: 15 * HOUR })],
      [leak('b', left4h), leaking({ limitAtMs: 12 * HOUR })],
      [leak('c', left4h), leaking({ limitAtMs: 14 * HOUR })],
      // Not counted: nothing said, nothing known, in the past, not found, not a leak.
      [leak('d', left4h), leaking()],
      [leak('e'), leaking({ limitAtMs: 14 * HOUR })],
      [leak('f', { nextOomMs: 9 * HOUR }), leaking({ limitAtMs: 14 * HOUR })],
      [leak('g', left4h), { ...QUIET, limitAtMs: 99 * HOUR }],
      [healthy('h'), leaking({ limitAtMs: 14 * HOUR })],
    );
    expect([limitErrorMedian, limitErrorP90, limitErrors]).toEqual([0.25, 0.5, 3]);
  });
  test('growth: its error, and whether its range holds the true rate, its edges included', () => {
    const { growthErrorMedian, cover, ranges } = scored(
      [leak('a'), leaking({ growthBytesPerHour: 90, growthLow: 80, growthHigh: 100 })],
      [leak('b'), leaking({ growthBytesPerHour: 120, growthLow: 101, growthHigh: 140 })],
      [leak('c'), leaking({ growthBytesPerHour: 150 })],
    );
    expect([growthErrorMedian, cover, ranges]).toEqual([0.2, 0.5, 2]);
  });
  test('a quantile is a measured value: of an even number the upper middle', () => {
    expect(quantileOf([4, 1, 3, 2], 0.5)).toBe(3);
    expect(quantileOf([4, 1, 3, 2], 1)).toBe(4);
    expect(quantileOf([10, 9], 0.5)).toBe(10);
    expect(quantileOf([], 0.5)).toBeNull();
  });
});

describe('alerts over weeks', () => {
  const weekOf = (id: string, label: Case['label'], known: Partial<Case['truth']> = {}): Case => ({
    ...{ id, family: label === 'leak' ? 'week-leak' : 'week-healthy', label, startMs: 0, endMs: WEEK },
    truth: { ...truth, ...known },
  });
  const at = (hour: number, level: Alert['level'] = 'message'): Alert => ({ t: hour * HOUR, level });
  const watch = (...pairs: [Case, Alert[]][]) => scoreWatch(pairs.map(([of, alerts]) => ({ of, alerts })));
  const leakAt84 = { onsetMs: 84 * HOUR, oomMs: 94 * HOUR };

  test('false alarms per healthy week: a leaking week is healthy until its onset', () => {
    const score = watch(
      [weekOf('a', 'no-leak'), [at(1), at(50, 'page'), at(60, 'digest')]],
      [weekOf('b', 'leak', leakAt84), [at(10), at(85)]],
    );
    expect(score).toMatchObject({ healthyWeeks: 1.5, falseAlarms: 3, falseAlarmsPerWeek: 2, falsePages: 1 });
    expect(score.falsePagesPerWeek).toBeCloseTo(2 / 3);
    expect(score.misses).toEqual(['false alarm a: at +1.0 h', 'false page  a: at +50.0 h', 'false alarm b: at +10.0 h']);
  });
  test('caught before the kill, too late, by the digest only, never', () => {
    const score = watch(
      [weekOf('in time', 'leak', leakAt84), [at(89), at(85)]],
      [weekOf('late', 'leak', leakAt84), [at(94)]],
      [weekOf('digest', 'leak', leakAt84), [at(85, 'digest')]],
      [weekOf('slow', 'leak', { onsetMs: 84 * HOUR }), []],
    );
    expect(score).toMatchObject({ leaks: 4, found: 2, kills: 3, beforeKill: 1, falseAlarms: 0 });
    expect(score.beforeKillShare).toBeCloseTo(1 / 3);
    // The two that were told: after 1 h and 10 h, of 10 h there were.
    expect(score).toMatchObject({ delayMedianHours: 10, delayP90Hours: 10, delayShareMedian: 1, delayShareP90: 1 });
    expect(score.misses).toEqual([
      'too late    late: told +10.0 h, killed +10.0 h',
      'too late    digest: told never, killed +10.0 h',
      'never       slow',
    ]);
  });
  test('nothing healthy and nothing killed: no rate, rather than a good one', () => {
    expect(watch([{ ...weekOf('a', 'leak', { onsetMs: 0 }) }, [at(2)]])).toMatchObject({
      ...{ falseAlarmsPerWeek: null, beforeKillShare: null, delayShareMedian: null },
      delayMedianHours: 2,
    });
  });
});
