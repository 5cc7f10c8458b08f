import { describe, expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import { growthOf } from '../../src/analysis/growth.js';
import { nearest, onsetOf } from '../../src/analysis/onset.js';
import { startsOf } from '../../src/analysis/starts.js';
import type { Assessment, Event, Series } from '../../src/model/assessment.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import type { Run } from '../../src/model/replica.js';
import { type Drawing, drawn, MIB, MINUTE } from '../support/draw-series.js';

const HOUR = 60 * MINUTE;
const CALM = '_'.repeat(40);
const LEAK = '/'.repeat(40);
const NOISY: Drawing = { noiseBytes: MIB, stepBytes: 2 * MIB };

/** The drawing with these images from life to life, and what else is known of the lives. */
function lived(picture: string, images: readonly string[], drawing: Drawing = NOISY, over: Partial<Series> = {}): Series {
  const series = drawn(picture, drawing);
  const runs = series.runs.map((run, i): Run => ({ ...run, containerId: `c${i}`, image: images[i] ?? '' }));
  const run = runs.at(-1) ?? series.replica.run;
  return { ...series, runs, replica: { ...series.replica, run }, ...over };
}
const judged = (series: Series): Assessment => assess(series, series.toMs);
const minutes = (ms: number | undefined) => (ms === undefined ? undefined : Math.round(ms / MINUTE));

describe('since when', () => {
  test('____//// at the bend', () => {
    const { verdict, onsetMs } = judged(drawn(CALM + LEAK, NOISY));
    expect(verdict).toBe('leaking');
    expect(Math.abs((onsetMs ?? 0) - 40 * MINUTE)).toBeLessThan(4 * MINUTE);
  });
  test('////‖//// twice as fast from the middle on: at the bend; half as fast: from the beginning', () => {
    const two = (first: number, then: number) => {
      const series = drawn('_'.repeat(80), { ...NOISY, ageMs: MINUTE });
      const rise = (t: number) => first * Math.min(t, 40 * MINUTE) + then * Math.max(0, t - 40 * MINUTE);
      const samples = series.samples.map((one) => ({ ...one, anon: (one.anon ?? 0) + (rise(one.t) * MIB) / MINUTE }));
      return judged({ ...series, samples });
    };
    expect(Math.abs((two(0.5, 2).onsetMs ?? 0) - 40 * MINUTE)).toBeLessThan(4 * MINUTE);
    expect(two(2, 1)).toMatchObject({ verdict: 'leaking', onsetMs: -MINUTE });
  });
  test('//////// as old as the process, when that was seen from its start', () => {
    expect(judged(drawn(LEAK, { ...NOISY, ageMs: 4 * MINUTE })).onsetMs).toBe(-4 * MINUTE);
  });
  test('//////// older than what was seen: not said', () => {
    const { verdict, onsetMs, onsetNear } = judged(drawn(LEAK, { ...NOISY, ageMs: 6 * MINUTE }));
    expect({ verdict, onsetMs, onsetNear }).toEqual({ verdict: 'leaking' });
  });
  test('what grows through the whole of a close window began with it, not with the life', () => {
    const t = Float64Array.from({ length: 200 }, (_, i) => i * MINUTE);
    const growth = growthOf({ t, bytes: t.map((at) => 60 * MIB + at) });
    if (!growth) throw new Error('nothing was fitted');
    expect(onsetOf(growth, -MINUTE, 0)).toBe(-MINUTE);
    expect(onsetOf(growth, -9 * HOUR, -9 * HOUR)).toBe(growth.fromMs);
  });
  test('a life that begins with the very first sample began before it, for all that is known', () => {
    const series = drawn(LEAK, { ...NOISY, ageMs: 0 });
    expect(series.runs[0]?.startedAtMs).toBeCloseTo(series.samples[0]?.t ?? Number.NaN);
    expect(judged(series).onsetMs).toBeUndefined();
  });
  test('what does not grow has no onset', () => {
    expect(judged(drawn(CALM.repeat(2), { ...NOISY, ageMs: MINUTE })).onsetMs).toBeUndefined();
  });
  test('____!//// at the restart; ////!//// not at the restart, which only reset it', () => {
    const after = judged(lived(`${CALM}!${LEAK}`, ['api:1', 'api:1']));
    expect(after).toMatchObject({ verdict: 'leaking', onsetMs: 40 * MINUTE, onsetNear: { kind: 'restart' } });
    const through = judged(lived(`${LEAK}!${LEAK}`, ['api:1', 'api:1'], { ...NOISY, limitBytes: null }));
    expect(through.verdict).toBe('leaking');
    expect(through.onsetMs).toBeUndefined();
    const seenBoth = judged(lived(`${LEAK}!${LEAK}`, ['api:1', 'api:1'], { ...NOISY, limitBytes: null, ageMs: MINUTE }));
    expect(seenBoth.onsetMs).toBe(-MINUTE);
  });
  test('what the ledger knows of lives before counts, too', () => {
    const series = lived(LEAK, ['api:1'], { ...NOISY, ageMs: MINUTE });
    const line = (over: Partial<LedgerLine>): LedgerLine => ({
      ...{ replica: series.replica.key, containerId: 'old', image: 'api:1', startedAtMs: -9 * HOUR, endedAtMs: -2 * MINUTE },
      ...{ oomKilled: false, limitBytes: null, baseBytes: 60 * MIB, peakBytes: 200 * MIB, settledMs: 0 },
      slopeBytesPerHour: { value: 120 * MIB, low: 110 * MIB, high: 130 * MIB },
      ...over,
    });
    const since = (over: Partial<LedgerLine>) => judged({ ...series, ledger: [line(over)] }).onsetMs;
    expect(since({})).toBe(-9 * HOUR);
    expect(since({ settledMs: null })).toBeUndefined();
    expect(since({ slopeBytesPerHour: { value: 1, low: -MIB, high: MIB } })).toBe(-MINUTE);
    expect(since({ replica: 'another' })).toBe(-MINUTE);
  });
  test('/|/|/|/ at the start of the first life that climbs', () => {
    const cycle = (first: string) =>
      judged(lived(`${first}!${LEAK}!${LEAK}!${LEAK}`, ['a', 'a', 'a', 'a'], { ...NOISY, limitBytes: 150 * MIB }));
    const calmFirst = cycle(CALM);
    expect(calmFirst).toMatchObject({ reason: 'restart-cycle', onsetMs: 40 * MINUTE, onsetNear: { kind: 'restart' } });
    // The first was there before it was seen.
    expect(cycle(LEAK)).toMatchObject({ reason: 'restart-cycle', verdict: 'leaking' });
    expect(cycle(LEAK).onsetMs).toBeUndefined();
  });
});

describe('what began then', () => {
  const near = (images: readonly string[], ids: readonly (string | undefined)[] = []) => {
    const series = lived(`${CALM}!${LEAK}`, images);
    const runs = series.runs.map((run, i) => ({ ...run, ...(ids[i] ? { imageId: ids[i] } : {}) }));
    const run = runs.at(-1) ?? series.replica.run;
    return judged({ ...series, runs: runs.toReversed(), replica: { ...series.replica, run } }).onsetNear;
  };
  test('another image: a deploy, whatever the order of the runs', () => {
    const atMs = 40 * MINUTE;
    expect(near(['api:1', 'api:2'])).toEqual({ kind: 'deploy', atMs, image: 'api:2', previousImage: 'api:1' });
    expect(near(['api:1', 'api:1'], ['sha256:1', 'sha256:2'])).toMatchObject({ kind: 'deploy', previousImage: 'api:1' });
  });
  test('an image that is not known is no deploy', () => {
    expect(near(['', 'api:2'])).toEqual({ kind: 'restart', atMs: 40 * MINUTE, image: 'api:2' });
    expect(near(['api:1', ''])).toMatchObject({ kind: 'restart' });
    expect(near(['api:1', 'api:1'], [undefined, 'sha256:2'])).toMatchObject({ kind: 'restart' });
  });
  test('the image before is known from the ledger where the list of runs begins later', () => {
    const series = lived(LEAK, ['api:2'], { ...NOISY, ageMs: MINUTE });
    const line = { replica: series.replica.key, containerId: 'old', image: 'api:1', startedAtMs: -HOUR, endedAtMs: -2 * MINUTE };
    const nothing = {
      oomKilled: false,
      limitBytes: null,
      baseBytes: null,
      peakBytes: null,
      slopeBytesPerHour: null,
      settledMs: null,
    };
    const { onsetNear } = judged({ ...series, ledger: [{ ...line, ...nothing }] });
    expect(onsetNear).toMatchObject({ kind: 'deploy', atMs: -MINUTE, previousImage: 'api:1' });
  });
  test('the nearest, up to half an hour before the onset and a few minutes after it; of a long look, a share', () => {
    const at = (minute: number): Event => ({ kind: 'restart', atMs: minute * MINUTE, image: 'x' });
    const found = (windowMs: number, ...starts: readonly number[]) => minutes(nearest(0, starts.map(at), windowMs)?.atMs);
    expect(found(HOUR, -29, -6, 9)).toBe(-6);
    expect(found(HOUR, -31)).toBeUndefined();
    expect(found(HOUR, 2)).toBe(2);
    expect(found(HOUR, 4)).toBeUndefined();
    expect(found(48 * HOUR, -119)).toBe(-119);
    expect(found(48 * HOUR, 59)).toBe(59);
    expect(found(48 * HOUR, -121, 61)).toBeUndefined();
  });
  test('starts in order, each once; one that is no time is none', () => {
    const series = lived(`${CALM}!${LEAK}`, ['api:1', 'api:2']);
    const [first, last] = series.runs;
    if (!first || !last) throw new Error('drawn two');
    const odd = { ...first, startedAtMs: Number.NaN };
    const starts = startsOf({ ...series, runs: [last, odd, first, last] });
    expect(starts.map(({ kind, atMs }) => [kind, minutes(atMs)])).toEqual([
      ['restart', -60],
      ['deploy', 40],
    ]);
  });
});

test('what ends lives that climb alike', () => {
  const endedBy = (images: readonly string[], limitBytes: number | null) =>
    judged(lived(`${LEAK}!${LEAK}!${LEAK}!${LEAK}`, images, { noiseBytes: MIB / 4, stepBytes: MIB, limitBytes })).cycle?.endedBy;
  expect(endedBy(['a:1', 'a:1', 'a:1', 'a:1'], 110 * MIB)).toBe('out-of-memory');
  expect(endedBy(['a:1', 'a:2', 'a:3', 'a:4'], 900 * MIB)).toBe('deploys');
  expect(endedBy(['a:1', 'a:2', 'a:3', 'a:3'], 900 * MIB)).toBe('restarts');
  expect(endedBy(['', '', '', ''], 900 * MIB)).toBe('restarts');
});
