import { median } from 'simple-statistics';
import type { Assessment, Series, Verdict } from '../model/assessment.js';
import { isBytes, limitOf, usedOf } from '../model/sample.js';
import { type Growth, growthOf } from './growth.js';
import { judge } from './judge.js';
import { type Part, type Usable, usable } from './usable.js';

/** Samples older than this are the past: at least 90 s, or four times the usual distance between them. */
const STALE_MS = 90_000;
const STALE_INTERVALS = 4;

/**
 * What one replica's memory does: verdict, reason, growth, time to the limit, and what else was seen. Pure; `nowMs` is the
 * time of judgement (Unix ms). Never throws on odd data: what cannot be judged is `unknown`, and no number is NaN or infinite.
 */
export function assess(series: Series, nowMs: number): Assessment {
  const samples = usable(series);
  const latest = samples.at(-1);
  const { replica } = series;
  const limitBytes = limitOf(latest, replica.limitBytes);
  const window = { fromMs: samples[0]?.t ?? series.toMs, toMs: latest?.t ?? series.toMs, samples: samples.length };
  const stale = latest ? nowMs - latest.t > Math.max(STALE_MS, STALE_INTERVALS * usualDistance(samples)) : false;

  const anon = growthOf(pointsOf(samples, 'anon'), limitBytes);
  // Shared memory and the kernel's own grow for many harmless reasons: twice the bar.
  const others = (['shmem', 'kernel'] as const).map((part) => ({
    part,
    growth: growthOf(pointsOf(samples, part), limitBytes, 2),
  }));
  const other = others.find(({ growth }) => growth?.grows && growth.steady);
  const leaking = anon?.grows || !other ? { part: 'anon' as const, growth: anon } : other;

  const deltas = deltasOf(samples);
  const judged = judge({
    replica,
    limitBytes,
    samples,
    latest,
    stale,
    deltas,
    growth: leaking.growth,
    part: leaking.part,
    nowMs,
  });
  return {
    replica,
    window,
    deltas,
    ...(latest ? { latest, peakBytes: Math.max(...samples.map((sample) => usedOf(sample))) } : {}),
    ...(leaking.growth ? numbersFor(judged.verdict, leaking.growth, latest, limitBytes, nowMs) : {}),
    ...judged,
  };
}

/** What is not decided yet has no time to a limit; only growth that is sure already is said. */
function numbersFor(verdict: Verdict, growth: Growth, latest: Usable | undefined, limitBytes: number | null, nowMs: number) {
  if (verdict !== 'unknown') return numbers(growth, latest, limitBytes, nowMs);
  return growth.grows ? { growthBytesPerHour: growth.perHour } : {};
}

/** Rate, line, and the time to the limit with its range; only what is finite. */
function numbers(growth: Growth, latest: Usable | undefined, limitBytes: number | null, nowMs: number): Partial<Assessment> {
  const { value, low, high } = growth.perHour;
  const left = limitBytes && latest ? Math.max(0, limitBytes - usedOf(latest)) : null;
  const at = (perHour: number) => (left === null ? Number.NaN : nowMs + (left / perHour) * 3_600_000);
  const reachable = growth.grows && left !== null && value > 0;
  return {
    growthBytesPerHour: growth.perHour,
    presentSinceMs: growth.fromMs,
    curve: [
      { t: growth.fromMs, bytes: growth.fit.at(growth.fromMs) },
      { t: growth.toMs, bytes: growth.fit.at(growth.toMs) },
    ],
    ...(growth.grows && growth.bent ? { onsetMs: growth.fromMs } : {}),
    ...(reachable ? { limitAtMs: { value: at(value), low: at(high), ...(low > 0 ? { high: at(low) } : {}) } } : {}),
  };
}

function pointsOf(samples: readonly Usable[], part: Part): { t: number; bytes: number }[] {
  return samples.flatMap((sample) => {
    const bytes = sample[part];
    return isBytes(bytes) ? [{ t: sample.t, bytes }] : [];
  });
}

/** Change over the window: the middle of its last thirtieth less that of its first, so that a collector's tooth is no change. */
function deltasOf(samples: readonly Usable[]): Assessment['deltas'] {
  const deltas: { -readonly [P in Part]?: number } = {};
  for (const part of ['anon', 'file', 'shmem', 'kernel'] as const) {
    const values = pointsOf(samples, part).map(({ bytes }) => bytes);
    const end = Math.ceil(values.length / 30);
    if (values.length > 1) deltas[part] = Math.round(median(values.slice(-end)) - median(values.slice(0, end)));
  }
  return deltas;
}

function usualDistance(samples: readonly Usable[]): number {
  const recent = samples.slice(-20);
  const distances = recent.slice(1).map(({ t }, i) => t - (recent[i]?.t ?? t));
  return distances.length > 0 ? median(distances) : 0;
}
