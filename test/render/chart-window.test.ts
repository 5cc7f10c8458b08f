import { describe, expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import { assessService } from '../../src/analysis/assess-service.js';
import type { Series } from '../../src/model/assessment.js';
import type { Run } from '../../src/model/replica.js';
import { chartedSeries, chartFromMs } from '../../src/render/chart-window.js';
import { drawn, MINUTE } from '../support/draw-series.js';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = 20 * DAY;

describe('where a picture begins', () => {
  test.each<[string, number | undefined, number]>([
    ['a leak of an hour: six hours', NOW - HOUR, 6 * HOUR],
    ['of two hours: four times that', NOW - 2 * HOUR, 8 * HOUR],
    ['of two days: four times that', NOW - 2 * DAY, 8 * DAY],
    ['of a week: all that is looked at', NOW - 7 * DAY, 14 * DAY],
    ['of before the window: all that is looked at', NOW - 19 * DAY, 14 * DAY],
    ['nothing began: six hours', undefined, 6 * HOUR],
    ['what begins in the future: six hours', NOW + DAY, 6 * HOUR],
    ['no number: six hours', Number.NaN, 6 * HOUR],
  ])('%s', (_, sinceMs, spanMs) => expect(NOW - chartFromMs(sinceMs, NOW - 14 * DAY, NOW)).toBe(spanMs));

  test('never before the window, however short that is', () => {
    expect(chartFromMs(undefined, NOW - HOUR, NOW)).toBe(NOW - HOUR);
  });
});

describe('series are cut to it', () => {
  const sliced = (picture: string) => {
    const series = drawn(picture, { charMs: HOUR, intervalMs: 5 * MINUTE, ageMs: 30 * DAY });
    const assessment = assessService(series.replica.service, [assess(series, series.toMs)], []);
    const sister: Series = { ...series, fromMs: -DAY, samples: [{ t: 1, anon: 1 }, ...series.samples] };
    return { assessment, series, cut: chartedSeries(assessment, [series, sister], series.toMs) };
  };

  test('_________/// three days calm, a leak since ten hours: two days are drawn, of all replicas', () => {
    const { assessment, series, cut } = sliced('_'.repeat(72) + '/'.repeat(18));
    expect(assessment.verdict).toBe('leaking');
    const fromMs = series.toMs - 4 * (series.toMs - (assessment.onsetMs ?? 0));
    expect(fromMs).toBeGreaterThan(series.fromMs);
    for (const one of cut) {
      expect(one.fromMs).toBe(fromMs);
      expect([...one.samples]).toEqual(series.samples.filter(({ t }) => t >= fromMs));
    }
  });

  test('lives that were over before it are not of this picture', () => {
    const { assessment, series } = sliced('_'.repeat(90));
    const life = (endedAtMs: number | undefined): Run => ({
      ...{ containerId: 'c', image: 'a', startedAtMs: 0, oomKilled: true },
      ...(endedAtMs === undefined ? {} : { endedAtMs }),
    });
    const runs = [life(series.toMs - 7 * HOUR), life(series.toMs - 5 * HOUR), life(undefined)];
    const { fastest: _fastest, soonest: _soonest, onsetMs: _onsetMs, ...nothing } = assessment;
    expect(chartedSeries(nothing, [{ ...series, runs }], series.toMs)[0]?.runs).toEqual(runs.slice(1));
  });

  test('without an onset it is the present of the replica that is drawn', () => {
    const { assessment, series } = sliced('_'.repeat(90));
    const [fastest] = assessment.replicas;
    if (!fastest) throw new Error('no replica');
    const one = { ...assessment, fastest: { ...fastest, presentSinceMs: series.toMs - 10 * HOUR } };
    expect(chartedSeries(one, [series], series.toMs)[0]?.fromMs).toBe(series.toMs - 40 * HOUR);
    expect(chartedSeries({ ...one, onsetMs: series.toMs - 5 * HOUR }, [series], series.toMs)[0]?.fromMs).toBe(
      series.toMs - 20 * HOUR,
    );
  });
});
