import { describe, expect, test } from '@jest/globals';
import { happenedIn } from '../../src/analysis/happened.js';
import { serviceTrend, trendOf } from '../../src/analysis/trend.js';
import type { Series } from '../../src/model/assessment.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import type { Run } from '../../src/model/replica.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';
import { replica } from '../support/fleet.js';

const HOUR = 60 * MINUTE;
const of = (picture: string, over = {}) => {
  const series = drawn(picture, { charMs: 10 * MINUTE, ...over });
  return trendOf(series, series.toMs);
};

describe('what memory did over a window', () => {
  test('____////____: from where to where, the peak, and a line through all of it', () => {
    const trend = of('____////____');
    expect(trend?.fromBytes).toBe(62 * MIB);
    expect(trend?.toBytes).toBe(78 * MIB);
    expect(trend?.peak.bytes).toBe(78 * MIB);
    expect(trend?.holesMs).toBe(0);
    const { value, low, high } = trend?.growthBytesPerHour ?? { value: 0, low: 0, high: 0 };
    // 16 MiB in two hours, all of them in its middle.
    expect(value / MIB).toBeGreaterThan(8);
    expect(value / MIB).toBeLessThan(14);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  });

  test('//////!//////!: what restarts give back is part of it', () => {
    const trend = of('//////!//////!//////');
    expect(trend?.peak.bytes).toBeGreaterThan(84 * MIB);
    const { low, high } = trend?.growthBytesPerHour ?? { low: 1, high: -1 };
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });

  test('flat: no growth, by a range that has nothing in it', () => {
    const rate = of('______________', { noiseBytes: MIB })?.growthBytesPerHour;
    expect(Math.abs((rate?.value ?? Number.NaN) / MIB)).toBeLessThan(0.2);
    expect((rate?.low ?? 1) < 0 && (rate?.high ?? -1) > 0).toBe(true);
  });

  test('a hole is not data, and what is silent since is one too', () => {
    expect(of('____   ____')?.holesMs).toBeGreaterThanOrEqual(30 * MINUTE);
    const series = drawn('____', { charMs: 10 * MINUTE });
    expect(trendOf(series, series.toMs + HOUR)?.holesMs).toBeGreaterThanOrEqual(HOUR);
    const down = { ...series, replica: { ...series.replica, running: false } };
    expect(trendOf(down, series.toMs + HOUR)?.holesMs).toBe(0);
  });

  test('one sample is no course', () => {
    const series = drawn('_');
    expect(trendOf({ ...series, samples: series.samples.slice(0, 1) }, HOUR)).toBeNull();
    expect(trendOf({ ...series, samples: [] }, HOUR)).toBeNull();
    expect(serviceTrend([])).toBeNull();
  });

  test('a replica that came late has no part in the middle, but its peak counts', () => {
    const [old, other] = [of('____////____'), of('____////____', { baseBytes: 80 * MIB })];
    const late = { ...of('____'), replica: replica('shop/api-svc', 9), peak: { bytes: 900 * MIB, atMs: 2 * HOUR } };
    if (!old || !other) throw new Error('no trend');
    const young = { ...old, ...late, fromMs: HOUR };
    const service = serviceTrend([old, young, other]);
    expect(service).toMatchObject({ whole: 2, fromBytes: 72 * MIB, toBytes: 88 * MIB });
    expect(service?.peak).toEqual({ bytes: 900 * MIB, atMs: 2 * HOUR, replica: young.replica });
  });
});

describe('what happened meanwhile', () => {
  const run = (startHour: number, image: string, over: Partial<Run> = {}): Run => ({
    ...{ containerId: `c${startHour}`, image, startedAtMs: startHour * HOUR, endedAtMs: startHour * HOUR + 30 * MINUTE },
    ...over,
  });
  function lives(number: number, runs: readonly Run[], ledger: readonly LedgerLine[] = []): Series {
    const last = runs.at(-1);
    const one = replica('shop/api-svc', number, last ? { run: last } : {});
    return { replica: one, fromMs: 0, toMs: 100 * HOUR, samples: [], runs, ledger };
  }

  test('a deploy is one, however many replicas get it; the same image a day later is another', () => {
    const rollOut = (number: number) =>
      lives(number, [run(1, 'a:1'), run(10 + number / 10, 'a:2'), run(30, 'a:1'), run(60 + number / 10, 'a:2')]);
    const { deploys, restarts } = happenedIn([rollOut(1), rollOut(2), rollOut(3)], 0);
    expect(deploys.map(({ image, atMs }) => [image, Math.floor(atMs / HOUR)])).toEqual([
      ['a:2', 10],
      ['a:1', 30],
      ['a:2', 60],
    ]);
    expect(restarts).toBe(0);
  });

  test('restarts: not the first life that is known, not those before', () => {
    const one = lives(1, [run(1, 'a:1'), run(2, 'a:1'), run(20, 'a:1'), run(21, 'a:1')]);
    expect(happenedIn([one], 10 * HOUR)).toEqual({ deploys: [], restarts: 2, oomKills: 0 });
    expect(happenedIn([lives(1, [run(20, 'a:1')])], 10 * HOUR).restarts).toBe(0);
  });

  test('OOM kills: of the container, and of processes in one that stayed up', () => {
    const killed = lives(1, [
      run(1, 'a:1', { oomKilled: true }),
      run(20, 'a:1', { oomKilled: true, oomKills: 1 }),
      run(21, 'a:1'),
    ]);
    expect(happenedIn([killed], 10 * HOUR).oomKills).toBe(1);
    const up = lives(2, [run(20, 'a:1', { oomKills: 3, lastOomKillMs: 22 * HOUR })]);
    expect(happenedIn([up], 10 * HOUR).oomKills).toBe(3);
    const older = lives(3, [run(1, 'a:1', { oomKills: 3, lastOomKillMs: 22 * HOUR })]);
    expect(happenedIn([older], 10 * HOUR).oomKills).toBe(1);
    expect(happenedIn([older], 30 * HOUR).oomKills).toBe(0);
  });

  test('what the list of runs has lost is in the ledger, and counted once', () => {
    const line = (startHour: number): LedgerLine => ({
      ...{ replica: 'hv-01/shop/api-svc/1', containerId: `c${startHour}`, image: 'a:1', oomKilled: true, limitBytes: null },
      ...{ startedAtMs: startHour * HOUR, endedAtMs: startHour * HOUR + 30 * MINUTE },
      ...{ baseBytes: null, peakBytes: null, slopeBytesPerHour: null, settledMs: null },
    });
    const one = lives(1, [run(21, 'a:1', { oomKilled: true }), run(22, 'a:1')], [line(20), line(21)]);
    expect(happenedIn([one], 10 * HOUR)).toEqual({ deploys: [], restarts: 2, oomKills: 2 });
  });
});
