import { assess } from '../../src/analysis/assess.js';
import { assessService } from '../../src/analysis/assess-service.js';
import type { Series, ServiceAssessment } from '../../src/model/assessment.js';
import type { Run } from '../../src/model/replica.js';
import type { Sample } from '../../src/model/sample.js';
import { replica } from '../support/fleet.js';

/** Curves as they are seen on real containers, judged by the real analysis. 2026-11-24 14:00 UTC is now. */
export const NOW = Date.UTC(2026, 10, 24, 14);
export const MIB = 2 ** 20;
export const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

export type Scene = { readonly assessment: ServiceAssessment; readonly series: readonly Series[]; readonly windowMs: number };
type Curve = (ageMs: number, i: number) => Partial<Sample>;
type Life = {
  readonly number?: number;
  readonly host?: string;
  readonly limit?: number | null;
  readonly upMs: number;
  readonly everyMs: number;
  readonly seenMs?: number;
  readonly runs?: readonly Run[];
  readonly running?: boolean;
};

/** One replica: what its memory was `age` after its start (of the first life), up to now. */
export function life(
  name: string,
  { number = 1, host = 'hv-01', limit = 256 * MIB, upMs, everyMs, seenMs = upMs, runs = [], running = true }: Life,
  curve: Curve,
): Series {
  const startedAtMs = NOW - upMs;
  const present = runs.at(-1)?.startedAtMs ?? startedAtMs;
  const fromMs = NOW - seenMs;
  const samples = Array.from({ length: Math.floor(seenMs / everyMs) }, (_, i): Sample => {
    const t = fromMs + (i + 1) * everyMs;
    return { t, kernel: 2 * MIB, shmem: 0, limit, ...curve(t - startedAtMs, i) };
  });
  const one = replica(name, number, {
    host,
    limitBytes: limit,
    running,
    run: { containerId: 'ab'.repeat(32), image: 'x:1', startedAtMs: present },
  });
  return { replica: one, fromMs, toMs: NOW, samples, runs };
}

export function scene(series: readonly Series[], windowMs: number, silentHosts: ServiceAssessment['silentHosts'] = []): Scene {
  const [first] = series;
  if (!first) throw new Error('a scene needs a replica');
  const assessed = series.map((one) => assess(one, NOW));
  return { assessment: assessService(first.replica.service, assessed, silentHosts), series, windowMs };
}

/** A little noise that is the same in every run. */
export function noise(i: number, size: number): number {
  return (Math.sin(i * 12.9898) * 43758.5453 - Math.floor(Math.sin(i * 12.9898) * 43758.5453) - 0.5) * size;
}

/** As the demo's api-svc, two minutes and a half in. */
export function leakWithLimit(): Scene {
  const grow =
    (perHour: number): Curve =>
    (age, i) => ({ anon: 24 * MIB + (age / HOUR) * perHour * MIB + noise(i, MIB), file: 6 * MIB });
  return scene([life('api-svc', { upMs: 11 * MINUTE, everyMs: 2_000, seenMs: 10 * MINUTE }, grow(720))], 6 * HOUR);
}

export function longName(): Scene {
  const { assessment, series, windowMs } = leakWithLimit();
  const service = { id: 'x', name: 'a-rather-long-name-of-a-service-in-shop' };
  return { assessment: { ...assessment, service }, series, windowMs };
}

export function sixReplicas(): Scene {
  const hosts = ['hv-03', 'hv-11', 'hv-03', 'hv-07', 'hv-11', 'hv-07'];
  const series = hosts.map((host, n) =>
    life(
      'shop/api-svc',
      { number: n + 1, host, limit: 512 * MIB, upMs: 9 * HOUR, everyMs: MINUTE, seenMs: 6 * HOUR },
      (age, i) => ({
        anon: (90 + n * 3) * MIB + (age / HOUR) * (38 + n) * MIB + noise(i + n, 6 * MIB),
        file: 60 * MIB + noise(i, 2 * MIB),
      }),
    ),
  );
  return scene(series, 6 * HOUR, [{ host: 'hv-37', sinceMs: NOW - 40 * MINUTE }]);
}

export function noLimit(): Scene {
  return scene(
    [
      life('worker', { limit: null, upMs: 5 * HOUR, everyMs: 15_000 }, (age, i) => ({
        anon: 300 * MIB + (age / HOUR) * 90 * MIB + noise(i, 9 * MIB),
        file: 40 * MIB,
      })),
    ],
    6 * HOUR,
  );
}

/**  /‾‾‾‾‾ */
export function cacheFill(): Scene {
  return scene(
    [
      life('cache-svc', { limit: 512 * MIB, upMs: 3 * HOUR, everyMs: 15_000 }, (age, i) => ({
        anon: Math.min(30 + (age / (25 * MINUTE)) * 250, 280) * MIB + noise(i, 4 * MIB),
        file: 12 * MIB,
      })),
    ],
    6 * HOUR,
  );
}

export function pageCacheOnly(): Scene {
  return scene(
    [
      life('log-svc', { limit: 1024 * MIB, upMs: 2 * HOUR, everyMs: 15_000 }, (age, i) => ({
        anon: 22 * MIB + noise(i, MIB),
        file: Math.min(900, 20 + (age / HOUR) * 480) * MIB,
      })),
    ],
    6 * HOUR,
  );
}

/** /|/|/|/ killed by its limit every 50 minutes. */
export function restartCycle(): Scene {
  const everyMs = 50 * MINUTE;
  const lives = Array.from({ length: 5 }, (_, n): Run => {
    const startedAtMs = NOW - 4 * everyMs - 35 * MINUTE + n * everyMs;
    return {
      containerId: `${n}`.repeat(64),
      image: 'x:1',
      startedAtMs,
      ...(n < 4 ? { endedAtMs: startedAtMs + everyMs - 2_000, oomKilled: true, exitCode: 137 } : {}),
    };
  });
  const upMs = 4 * everyMs + 35 * MINUTE;
  return scene(
    [
      life('api-svc', { upMs, everyMs: 15_000, runs: lives }, (age, i) => ({
        anon: 20 * MIB + ((age % everyMs) / everyMs) * 232 * MIB + noise(i, 4 * MIB),
        file: 8 * MIB,
      })),
    ],
    6 * HOUR,
  );
}

export function fourteenDays(): Scene {
  return scene(
    [
      life('orders', { limit: 2048 * MIB, upMs: 20 * DAY, everyMs: 5 * MINUTE, seenMs: 14 * DAY }, (age, i) => ({
        anon: 300 * MIB + (age / DAY) * 55 * MIB + (1 + Math.sin((age / DAY) * 2 * Math.PI)) * 40 * MIB + noise(i, 20 * MIB),
        file: 500 * MIB + Math.sin(age / DAY) * 100 * MIB,
        shmem: 8 * MIB,
        kernel: 30 * MIB,
      })),
    ],
    14 * DAY,
  );
}

export function fewSamples(): Scene {
  return scene(
    [
      life('billing-jvm', { upMs: 40_000, everyMs: 10_000 }, (age) => ({
        anon: 60 * MIB + (age / 1000) * 0.4 * MIB,
        file: 30 * MIB,
      })),
    ],
    6 * HOUR,
  );
}

/** One replica has been there for long, the other just came. */
export function oneYoung(): Scene {
  const flat: Curve = (_age, i) => ({ anon: 80 * MIB + noise(i, 2 * MIB), file: 9 * MIB });
  return scene(
    [
      life('api-svc', { upMs: 3 * HOUR, everyMs: 15_000 }, flat),
      life('api-svc', { number: 2, upMs: 50_000, everyMs: 10_000 }, flat),
    ],
    6 * HOUR,
  );
}

export function noSamples(): Scene {
  return scene([life('api-svc', { upMs: 20_000, everyMs: 60_000 }, () => ({}))], 6 * HOUR);
}

/** The agent went silent eight minutes ago. */
export function stale(): Scene {
  const [one] = leakWithLimit().series;
  if (!one) throw new Error('no series');
  const samples = [...one.samples].map((sample) => ({ ...sample, t: sample.t - 8 * MINUTE }));
  const replicaBefore = { ...one.replica, run: { ...one.replica.run, startedAtMs: NOW - HOUR } };
  return scene([{ ...one, replica: replicaBefore, samples }], 6 * HOUR, [{ host: 'hv-01', sinceMs: NOW - 8 * MINUTE }]);
}

export function killed(): Scene {
  const one = life('api-svc', { upMs: HOUR, everyMs: 15_000, running: false }, (age) => ({
    anon: 20 * MIB + (age / HOUR) * 230 * MIB,
  }));
  const run = { ...one.replica.run, endedAtMs: NOW - 2 * MINUTE, oomKilled: true, exitCode: 137 };
  const samples = [...one.samples].filter(({ t }) => t < NOW - 2 * MINUTE);
  return scene([{ ...one, replica: { ...one.replica, run }, samples }], 6 * HOUR);
}

export const SCENES: Readonly<Record<string, () => Scene>> = {
  'leak-with-limit': leakWithLimit,
  'six-replicas': sixReplicas,
  'no-limit': noLimit,
  'cache-fill': cacheFill,
  'page-cache-only': pageCacheOnly,
  'restart-cycle': restartCycle,
  'fourteen-days': fourteenDays,
  'few-samples': fewSamples,
  'long-name': longName,
};
