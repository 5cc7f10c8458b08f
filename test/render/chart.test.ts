import { describe, expect, test } from '@jest/globals';
import { chartOf } from '../../src/render/chart.js';
import { dailyLeak, followsLoad, morningRise } from './judged-calm.js';
import { deployOnset, oomCycle, tmpfsLeak } from './judged-growing.js';
import * as scenes from './scenes.js';
import { DAY, HOUR, life, MIB, MINUTE, NOW, noise, type Scene, scene } from './scenes.js';

type Dataset = { label: string; data: (number | null)[]; [style: string]: unknown };
const draw = ({ assessment, series }: Scene) => {
  const chart = chartOf(assessment, series, NOW);
  if (!chart) throw new Error('no chart');
  const datasets = chart.config.data.datasets as Dataset[];
  const labels = chart.config.data.labels;
  return { ...chart, labels, datasets, named: (label: string) => datasets.find((one) => one.label === label) };
};
const last = (data: readonly (number | null)[]) => data.findLastIndex((value) => value !== null);

describe('the chart of a leak', () => {
  const chart = draw(scenes.leakWithLimit());
  test('says in its title what to see, and in words what it shows', () => {
    expect(chart.title).toBe('api-svc: anon +720 MiB/h, limit 256 MiB');
    expect(chart.altText).toMatch(
      /^Chart\. api-svc: leaking; anonymous memory 3\d MiB to 15\d MiB from 13:50 UTC to 14:00 UTC; \+720 MiB\/h \(7\d\d–7\d\d\); growing since 13:49 UTC, right at a restart; 158 of 256 MiB in use; out of memory about 14:08 UTC, in 8 min/,
    );
  });
  test('anon is filled and as measured, the limit runs through, the trend leads into the future', () => {
    const [anon, limit, trend] = [chart.named('anon'), chart.named('limit'), chart.named('trend')];
    expect(anon?.fill).toBe('origin');
    expect(anon?.data[0]).toBeCloseTo(36, -1);
    expect(anon?.data[last(anon?.data ?? [])]).toBeCloseTo(156, -1);
    expect(new Set(limit?.data)).toEqual(new Set([256]));
    expect(last(trend?.data ?? [])).toBe(chart.labels.length - 1);
    expect(last(anon?.data ?? [])).toBeLessThan(chart.labels.length - 10);
    expect(trend?.data.at(-1)).toBeGreaterThan(anon?.data[last(anon?.data ?? [])] ?? 0);
  });
  test('labels are few, round and name their zone once', () => {
    expect(chart.labels.filter(Boolean)).toEqual(['13:52 UTC', '13:54', '13:56', '13:58', '14:00']);
  });
});

test('a long title has two lines, and what a picture leaves out is noted', () => {
  const { config, title } = draw(scenes.longName());
  expect(title).toBe('a-rather-long-name-of-a-service-in-shop: anon +720 MiB/h, limit 256 MiB');
  const { plugins } = config.options as { plugins: { title: { text: string[] } } };
  expect(plugins.title.text).toEqual(['a-rather-long-name-of-a-service-in-shop:', 'anon +720 MiB/h, limit 256 MiB']);
});

test('the trend ends at the limit, not above', () => {
  const { named } = draw(scenes.restartCycle());
  expect(named('trend')?.data.at(-1)).toBeLessThanOrEqual(256);
});

test('lives that end alike at no known limit: the trend ends where the present one would', () => {
  const { assessment, series } = scenes.restartCycle();
  const unlimited = series.map((one) => ({ ...one, replica: { ...one.replica, limitBytes: null } }));
  const samples = unlimited.map((one) => ({ ...one, samples: [...one.samples].map((sample) => ({ ...sample, limit: null })) }));
  const chart = draw(scene(samples, 6 * HOUR));
  const [trend = [], anon = []] = [chart.named('trend')?.data, chart.named('anon')?.data];
  expect(assessment.reason).toBe('restart-cycle');
  expect(Math.max(...trend.map(Number)) / Math.max(...anon.map(Number))).toBeCloseTo(1, 1);
  expect(last(trend)).toBeGreaterThan(last(anon));
  expect(JSON.stringify(chart.config.options)).toContain('lives climb alike, each about 50 min');
});

test('what falls is told by how fast; what only may grow, by no rate of its own', () => {
  const falling = life('x', { upMs: 5 * HOUR, everyMs: MINUTE }, (age, i) => ({
    anon: 200 * MIB - (age / HOUR) * 20 * MIB + noise(i, MIB),
  }));
  expect(draw(scene([falling], 6 * HOUR)).title).toMatch(/^x: anon stable \(−[\d.]+ MiB\/h\), limit 256 MiB$/);
  const doubtful = morningRise();
  const { replicas } = doubtful.assessment;
  const growthBytesPerHour = { value: 0, low: -26 * MIB, high: 26 * MIB };
  const assessment = { ...doubtful.assessment, replicas: replicas.map((one) => ({ ...one, growthBytesPerHour })) };
  const { soonest: _, fastest: __, ...calm } = assessment;
  const { title, altText } = draw({ ...doubtful, assessment: calm });
  expect(title).toContain('anon may grow (0 ± 26 MiB/h)');
  expect(altText).toContain('; 0 ± 26 MiB/h;');
});

test('a stable service has no trend and no future', () => {
  const { named, labels, title } = draw(scenes.cacheFill());
  expect(named('trend')).toBeUndefined();
  expect(last(named('anon')?.data ?? [])).toBe(labels.length - 1);
  expect(title).toMatch(/^cache-svc: anon stable \(0 ± [\d.]+ MiB\/h\), limit 512 MiB$/);
});

test('page cache is drawn beside anon when it is the story', () => {
  expect(Math.max(...(draw(scenes.pageCacheOnly()).named('page cache')?.data ?? []).map(Number))).toBeCloseTo(900, -1);
});

test('a limit or a cache far above would press the curve flat: said, not drawn', () => {
  const far = scene(
    [
      life('x', { limit: 64 * 2 ** 30, upMs: HOUR, everyMs: 15_000 }, (age) => ({
        anon: (20 + age / MINUTE) * MIB,
        file: 900 * MIB,
      })),
    ],
    HOUR,
  );
  const { named, config, title } = draw(far);
  expect([named('limit'), named('page cache')]).toEqual([undefined, undefined]);
  expect(JSON.stringify(config.options)).toContain('limit is far above: not drawn · page cache 900 MiB: not drawn');
  expect(title).toContain('limit 64 GiB');
});

test('each start after the first is marked where it was, and a kill is called one', () => {
  const { named, labels } = draw(scenes.restartCycle());
  const marks = named('restart (out of memory)')?.data.flatMap((value, i) => (value === null ? [] : [i])) ?? [];
  expect(marks).toHaveLength(4);
  const [a = 0, b = 0] = marks;
  const hour = labels.indexOf('13:00') - labels.indexOf('12:00');
  expect(Math.abs((b - a) / hour - 50 / 60)).toBeLessThan(0.03);
});

describe('replicas', () => {
  test('up to seven others are thin lines', () => {
    const { datasets, title } = draw(scenes.sixReplicas());
    expect(title).toMatch(/^api-svc #6: anon/);
    expect(datasets.map(({ label }) => label)).toEqual(['limit', 'trend', '#6 anon', 'page cache', '#1', '#2', '#3', '#4', '#5']);
    expect(datasets.filter(({ borderWidth }) => borderWidth === 2)).toHaveLength(5);
  });
  test('more are a thicket', () => {
    const curve = (age: number) => ({ anon: (50 + age / MINUTE) * MIB });
    const twelve = Array.from({ length: 12 }, (_, n) => life('x', { number: n + 1, upMs: HOUR, everyMs: 60_000 }, curve));
    expect(draw(scene(twelve, HOUR)).datasets).toHaveLength(3);
  });
});

test('a hole in the data stays a hole, a late sample does not', () => {
  const one = life('x', { upMs: 2 * HOUR, everyMs: 15_000 }, () => ({ anon: 50 * MIB }));
  const without = (from: number, to: number) => ({
    ...one,
    samples: [...one.samples].filter(({ t }) => t < NOW - from || t > NOW - to),
  });
  const holes = (series: typeof one) =>
    draw(scene([series], 2 * HOUR))
      .named('anon')
      ?.data.filter((value) => value === null).length;
  expect(holes(without(30 * MINUTE, 10 * MINUTE))).toBeGreaterThan(60);
  expect(holes(without(16_000, 10_000))).toBe(0);
});

test('fourteen days: dates, GiB, and no more points than a picture has', () => {
  const { labels, config, named } = draw(scenes.fourteenDays());
  expect(labels.filter(Boolean)).toEqual(['12 Nov', '15 Nov', '18 Nov', '21 Nov', '24 Nov', '27 Nov']);
  expect(labels.length).toBeLessThanOrEqual(720);
  expect(JSON.stringify(config.options)).toContain('"text":"GiB"');
  expect(named('limit')?.data[0]).toBe(2);
});

test('200,000 samples are no more points than few', () => {
  const [one] = scenes.fourteenDays().series;
  if (!one) throw new Error('no series');
  const samples = Array.from({ length: 200_000 }, (_, i) => ({ t: NOW - DAY + i * 430, anon: i * 100, file: 5 }));
  const many = { ...one, samples };
  const { assessment } = scenes.fourteenDays();
  const chart = chartOf(assessment, [many], NOW);
  expect(chart?.config.data.labels.length).toBeLessThanOrEqual(720);
});

test('nothing to draw is no picture: no samples, one sample, the same time twice, anon never measured', () => {
  const { assessment, series } = scenes.leakWithLimit();
  const [one] = series;
  const [first] = one?.samples ?? [];
  if (!one || !first) throw new Error('no series');
  for (const samples of [[], [first], [first, first], [...one.samples].map(({ t }) => ({ t, usage: 1 }))]) {
    expect(chartOf(assessment, [{ ...one, samples }], NOW)).toBeNull();
  }
  expect(chartOf(assessment, [], NOW)).toBeNull();
});

describe('the shape that won', () => {
  const ended = (data: readonly (number | null)[] = []) => data.findLastIndex((value) => value !== null);
  test('is drawn over its time as it is, and straight on by the rate', () => {
    const { named, labels } = draw(dailyLeak());
    const [trend = [], anon = []] = [named('trend')?.data, named('anon')?.data];
    const now = ended(anon);
    const apart = trend.slice(0, now).map((value, i) => Math.abs((value ?? 0) - (anon[i] ?? 0)));
    expect(Math.max(...apart)).toBeLessThan(0.04);
    expect(ended(trend)).toBe(labels.length - 1);
    const ahead = trend.slice(now + 2).map((value) => value ?? 0);
    const steps = ahead.slice(1).map((value, i) => value - (ahead[i] ?? 0));
    const stepHours = (7 * 1.2 * 24) / (labels.length - 1);
    for (const step of steps) expect(step * 1024).toBeCloseTo(5.5 * stepHours, -0.3);
  });
  test('has no future unless it leaks, and is called a fit where nothing grows', () => {
    for (const [made, label] of [
      [morningRise, 'trend'],
      [followsLoad, 'fit'],
    ] as const) {
      const { named, labels } = draw(made());
      expect(ended(named(label)?.data)).toBe(labels.length - 1);
      expect(ended(named('anon')?.data)).toBe(labels.length - 1);
    }
  });
  test('goes no further than the limit', () => {
    const { assessment, series } = oomCycle();
    const [one] = assessment.replicas;
    if (!one) throw new Error('no replica');
    const later = { ...one, limitAtMs: { value: NOW + 9 * HOUR, low: NOW + HOUR } };
    const { named, labels } = draw({ assessment: { ...assessment, replicas: [later], soonest: later }, series, windowMs: HOUR });
    const trend = named('trend')?.data ?? [];
    expect(Math.max(...trend.map(Number))).toBeLessThanOrEqual(512);
    expect(Math.max(...trend.map(Number))).toBeGreaterThan(490);
    expect(ended(trend)).toBeLessThan(labels.length - 5);
  });
});

describe('where growth began', () => {
  const marks = (data: readonly (number | null)[] = []) => data.flatMap((value, i) => (value === null ? [] : [i]));
  test('the deploy is an upright with its tag, and no restart beside it', () => {
    const { named, labels, config, altText } = draw(deployOnset());
    const at = marks(named('deploy v1.42.1')?.data);
    const hour = (labels.indexOf('12:00') - labels.indexOf('09:00')) / 3;
    expect(at).toHaveLength(1);
    expect(((at[0] ?? 0) - labels.indexOf('09:00')) / hour).toBeCloseTo(34 / 60, 1);
    expect(named('deploy v1.42.1')?.type).toBe('bar');
    expect(named('restart')).toBeUndefined();
    expect(JSON.stringify(config.options)).toContain('growing since 09:40 UTC, 6 min after v1.42.1');
    expect(altText).toContain('; growing since 09:40 UTC, 6 min after v1.42.1; ');
  });
  test('without a deploy the onset itself is marked, and lives before are in the picture', () => {
    const { named } = draw(oomCycle());
    expect(marks(named('growth begins')?.data)).toHaveLength(1);
    expect(marks(named('restart (out of memory)')?.data)).toHaveLength(3);
    const anon = named('anon')?.data ?? [];
    expect(anon.filter((value) => (value ?? 0) > 490).length).toBeGreaterThanOrEqual(3);
  });
  test('nothing is marked where nothing grows', () => {
    const { assessment, series, windowMs } = followsLoad();
    const { named, altText } = draw({ assessment: { ...assessment, onsetMs: NOW - HOUR }, series, windowMs });
    expect(named('growth begins')).toBeUndefined();
    expect(altText).not.toContain('growing since');
  });
});

test('what leaks is what is filled, and its limit is what the rest leaves of it', () => {
  const { named, title, altText } = draw(tmpfsLeak());
  expect(title).toBe('render-farm: shmem +30 MiB/h, limit 512 MiB');
  expect([named('shmem')?.fill, named('anon')?.fill]).toEqual(['origin', false]);
  expect(named('limit less the rest')?.data[0]).toBeCloseTo(512 - 122, -1);
  expect(altText).toContain('shared memory 2');
});

test('shared memory that nobody measured is drawn as the cache in use that it was found in', () => {
  const measured = tmpfsLeak();
  const series = measured.series.map((one) => ({
    ...one,
    samples: [...one.samples].map(({ shmem = 0, file = 0, ...rest }) => ({ ...rest, file: file + shmem, inactiveFile: file })),
  }));
  const [found, expected] = [draw({ ...measured, series }), draw(measured)];
  for (const curve of ['shmem', 'page cache']) expect(found.named(curve)?.data).toEqual(expected.named(curve)?.data);
  expect(found.altText).toBe(expected.altText);
});

test('what is only suspected has its end said with an if', () => {
  expect(JSON.stringify(draw(morningRise()).config.options)).toContain('if it goes on, out of memory about 23:00 UTC');
});

test('what is stable is not told an end, though the little that it grows by would come to one', () => {
  const { assessment, ...rest } = followsLoad();
  const limitAtMs = { value: NOW + 5 * DAY, low: NOW + 4 * DAY, high: NOW + 6 * DAY };
  const replicas = assessment.replicas.map((one) => ({ ...one, limitAtMs }));
  const { altText, config } = draw({ ...rest, assessment: { ...assessment, replicas } });
  expect(altText).toContain('stable');
  expect(`${altText} ${JSON.stringify(config.options)}`).not.toContain('out of memory');
});
