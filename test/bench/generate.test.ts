import { describe, expect, test } from '@jest/globals';
import { BEYOND_HOURS } from '../../bench/generate/courses.js';
import { type Family, families, makeSeries, randomOf } from '../../bench/generate/families.js';
import { firstBorn, type Plan } from '../../bench/generate/plan.js';
import { type GeneratedSeries, MIB } from '../../bench/generate/simulate.js';
import { truthOf } from '../../bench/generate/truth.js';

const HOUR_MS = 3_600_000;
const easy = { hard: false };
/** Every third: those of a kind stand together, so that all kinds are there. */
const some = families.filter((_, index) => index % 3 === 0);
const leaking = families.filter((family) => family.label === 'leak');
const named = (chosen: readonly Family[]) => chosen.map((family) => [family.name, family] as const);
const planOf = (family: Family, seed: number, index: number) => family.plan(randomOf(family, seed, index), easy);
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Anon, kernel and shared memory by the curve alone, MiB. */
const usedAt = (plan: Plan, h: number, born: number) => plan.level(h, born) + (plan.leak?.grown(h, born) ?? 0) + plan.kernelMiB;

/** By how much each fresh reading is off the curve, MiB, from half an hour after a start on. */
function offTheCurve(plan: Plan, series: GeneratedSeries): number[] {
  const t0 = series.samples[0]?.t ?? 0;
  const starts = series.restarts ?? series.runs?.slice(1).map((run) => run.startedAt) ?? [];
  return series.samples.flatMap(({ t, usage, file, anon }, index) => {
    // A repeated reading is not of its own time.
    if (anon === series.samples[index - 1]?.anon) return [];
    const last = starts.filter((start) => start <= t).at(-1);
    const [h, born] = [(t - t0) / HOUR_MS, last === undefined ? firstBorn(plan) : (last - t0) / HOUR_MS];
    if (h - born < 0.5) return [];
    // Shared memory is inside `file`, beside the page cache.
    const [read, cache] = plan.leak?.part === 'shmem' ? [usage, plan.cache(h, born)] : [usage - file, 0];
    return [Math.abs(read / MIB - usedAt(plan, h, born) - cache)];
  });
}

describe.each(named(some))('%s', (_, family) => {
  let made: GeneratedSeries | undefined;
  const series = () => {
    made ??= makeSeries(family, 5, 0, easy);
    return made;
  };

  test('is the same for a seed, another for another', () => {
    const text = (seed: number, index: number) => JSON.stringify(makeSeries(family, seed, index, easy).samples);
    const samples = JSON.stringify(series().samples);
    expect(text(5, 0) === samples).toBe(true);
    expect(text(6, 0) === samples).toBe(false);
  });

  test('is what an engine could give', () => {
    const { samples, label, limitBytes, runs, restarts, truth } = series();
    expect(label).toBe(family.label);
    const wrong = samples.filter(({ t, usage, anon, file, workingSet }, index) => {
      const early = t <= (samples[index - 1]?.t ?? 0);
      const odd = [usage, anon, file, workingSet].some((bytes) => !(bytes >= 0) || bytes % 4096 !== 0);
      return early || odd || anon + file > usage || workingSet > usage || workingSet < anon;
    });
    expect(wrong).toEqual([]);
    const most = samples.reduce((peak, sample) => Math.max(peak, sample.usage), 0);
    expect(most).toBeLessThan((limitBytes ?? Number.POSITIVE_INFINITY) + 8 * MIB);
    const nothing = { slopeBytesPerHour: null, onsetMs: null, oomMs: null, nextOomMs: null, ooms: [] };
    if (label === 'no-leak') expect(truth).toEqual(nothing);
    expect((runs === undefined) === (restarts === undefined)).toBe(false);
  });

  test('follows its curve', () => {
    const plan = planOf(family, 5, 0);
    const { noise, baseMiB } = plan;
    const noisy = 2 * noise.sdMiB + noise.whiteMiB + noise.grainMiB + 0.02 * baseMiB;
    expect(median(offTheCurve(plan, series()))).toBeLessThan(noisy);
  });
});

describe.each(named(leaking.filter((_, index) => index % 3 === 1)))('the truth of %s', (name, family) => {
  const cases = [0, 1, 2].map((index) => {
    const plan = planOf(family, 7, index);
    const born = Math.max(firstBorn(plan), ...plan.starts.map((start) => start.h));
    return { plan, born, truth: truthOf(plan, born, [], (h) => h) };
  });

  test('slope is the pace of the curve without noise', () => {
    // A curve has no pace of its own: its mean in the window. Any other has one in the long run.
    const beyond = /power-law|exponential|decelerating/.test(name) ? 0 : BEYOND_HOURS;
    for (const { plan, truth } of cases) {
      const onsetH = plan.leak?.onsetH ?? Number.NaN;
      const to = plan.hours + beyond;
      const ratio = (truth.slopeBytesPerHour ?? 0) / (((plan.leak?.grown(to, onsetH) ?? 0) * MIB) / (to - onsetH));
      expect(ratio).toBeGreaterThan(0.85);
      expect(ratio).toBeLessThan(1.18);
    }
  });

  test('next kill is when the curve reaches the limit, and not before', () => {
    for (const { plan, born, truth } of cases) {
      const limit = plan.limit?.known ? plan.limit.mib : Number.POSITIVE_INFINITY;
      expect(truth.oomMs).toBe(truth.nextOomMs);
      const until = truth.nextOomMs ?? plan.hours + BEYOND_HOURS;
      if (truth.nextOomMs !== null) expect(usedAt(plan, until, born)).toBeGreaterThanOrEqual(limit);
      const early: number[] = [];
      for (let h = plan.hours; h < until - 1 / 60; h += 1 / 60) if (usedAt(plan, h, born) >= limit) early.push(h);
      expect(early).toEqual([]);
    }
  });
});

test.each(named(leaking.filter((family) => /oom-cycles$|killed/.test(family.name))))(
  '%s is full before a kill and empty after it',
  (_, family) => {
    const series = makeSeries(family, 9, 0, easy);
    const limit = (planOf(family, 9, 0).limit?.mib ?? 0) * MIB;
    expect(series.truth.ooms.length).toBeGreaterThan(0);
    for (const oom of series.truth.ooms) {
      const before = series.samples.filter((sample) => sample.t < oom).at(-1);
      const after = series.samples.find((sample) => sample.t >= oom);
      expect(before?.usage).toBeGreaterThan(0.85 * limit);
      if (after) expect(after.usage).toBeLessThan(0.85 * limit);
    }
    if (series.runs) expect(series.runs.filter((run) => run.oomKilled)).toHaveLength(series.truth.ooms.length);
  },
);

test('hard leaks are smaller', () => {
  const grown = (hard: boolean) =>
    leaking.map((family) => {
      const { leak, hours, baseMiB } = family.plan(randomOf(family, 1, 0), { hard });
      return ((leak?.perHour ?? 0) * hours) / baseMiB;
    });
  expect(median(grown(true))).toBeLessThan(0.7 * median(grown(false)));
});
