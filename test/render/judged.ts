import type { Assessment, Range, Series, ServiceAssessment } from '../../src/model/assessment.js';
import type { Run } from '../../src/model/replica.js';
import { isBytes, usedOf } from '../../src/model/sample.js';
import { MIB, NOW } from './scenes.js';

/** Verdicts written by hand, as analysis should find them: what a card and a chart make of each. */

type Said = Pick<Assessment, 'verdict' | 'reason' | 'explanation'> & Partial<Assessment>;

/** An assessment of the samples since `fromMs`, with what is measured taken from them, and what is judged as told. */
export function judged(series: Series, said: Said, fromMs = series.fromMs): Assessment {
  const samples = [...series.samples].filter(({ t }) => t >= fromMs);
  const [first, latest] = [samples[0], samples.at(-1)];
  if (!first || !latest) throw new Error('a scene needs samples');
  const delta = (part: 'anon' | 'file' | 'shmem' | 'kernel') => (latest[part] ?? 0) - (first[part] ?? 0);
  return {
    replica: series.replica,
    window: { fromMs: first.t, toMs: latest.t, samples: samples.length },
    deltas: { anon: delta('anon'), file: delta('file'), shmem: delta('shmem'), kernel: delta('kernel') },
    latest,
    peakBytes: Math.max(...samples.flatMap((one) => (isBytes(one.anon) ? [usedOf({ ...one, anon: one.anon })] : []))),
    part: 'anon',
    ...said,
  };
}

/** A service of one replica, or of those given; `over` is what cannot be read from the first of them. */
export function service(replicas: readonly Assessment[], over: Partial<ServiceAssessment> = {}): ServiceAssessment {
  const [first] = replicas;
  if (!first) throw new Error('a service needs a replica');
  const { verdict, reason, explanation, growthBytesPerHour, onsetMs, onsetNear } = first;
  const growing = replicas.filter((one) => one.verdict === 'leaking' || one.verdict === 'suspicious');
  return {
    service: first.replica.service,
    verdict,
    reason,
    explanation,
    replicas,
    growing: growing.length,
    scope: growing.length === 0 ? 'none' : 'code',
    outliers: [],
    missing: [],
    silentHosts: [],
    ...(growthBytesPerHour ? { growthBytesPerHour } : {}),
    ...(onsetMs === undefined ? {} : { onsetMs }),
    ...(onsetNear ? { onsetNear } : {}),
    ...(first.limitAtMs ? { soonest: first } : {}),
    ...over,
  };
}

export const mibPerHour = (value: number, low: number, high: number): Range => ({
  value: value * MIB,
  low: low * MIB,
  high: high * MIB,
});

/** The course of a shape, MiB by Unix ms, as analysis gives it: at most 100 points. */
export function course(fromMs: number, mibAt: (t: number) => number, toMs = NOW): { t: number; bytes: number }[] {
  return Array.from({ length: 100 }, (_, i) => {
    const t = fromMs + ((toMs - fromMs) * i) / 99;
    return { t, bytes: mibAt(t) * MIB };
  });
}

/** Lives one after another, each ended as told, the last one running. */
export function lives(startsMs: readonly number[], ended: Partial<Run>): Run[] {
  return startsMs.map((startedAtMs, n) => {
    const next = startsMs[n + 1];
    const run = { containerId: `${n}`.repeat(64), image: 'x:1', startedAtMs };
    return next === undefined ? run : { ...run, endedAtMs: next - 2_000, ...ended };
  });
}
