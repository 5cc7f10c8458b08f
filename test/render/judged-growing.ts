import type { Assessment, Cycle, Exclusion, Range } from '../../src/model/assessment.js';
import { course, judged, lives, mibPerHour, service } from './judged.js';
import { DAY, HOUR, life, MIB, MINUTE, NOW, noise, type Scene } from './scenes.js';

/** Verdicts written by hand where memory grows: after a deploy, over several lives, outside the heap. */

const STEADY = 'Anonymous memory (heap, stacks) grows steadily and does not come down.';
const LEAKING = { verdict: 'leaking', reason: 'steady-growth', explanation: STEADY } as const;
const REPOSITORY = 'registry.example:5000/shop/api-svc';
const NOT: readonly Exclusion[] = [
  { cause: 'cache', changeBytes: 0.2 * MIB },
  { cause: 'load', of: 'net', change: -0.3 },
  { cause: 'warm-up', upMs: 4 * HOUR, usualMs: 12 * MINUTE },
];

/**  ____,/  v1.42.1 came, and six minutes later it began. */
export function deployOnset(): Scene {
  const onset = NOW - 260 * MINUTE;
  const atMs = onset - 6 * MINUTE;
  const since = (t: number) => Math.max(0, (t - onset) / HOUR);
  const all = ['hv-03', 'hv-11', 'hv-03'].map((host, n) => {
    const upMs = 12 * HOUR;
    const runs = lives([NOW - upMs, atMs], { exitCode: 0 });
    const at = (t: number) => (t < atMs ? 175 : 150) + n * 5 + (41 + n) * since(t);
    const seen = { number: n + 1, host, limit: 512 * MIB, upMs, everyMs: MINUTE, runs };
    const one = life('shop/api-svc', seen, (age, i) => ({
      anon: at(NOW - upMs + age) * MIB + noise(i + n, 6 * MIB),
      file: 60 * MIB,
    }));
    const leftMs = ((512 - 2 - at(NOW)) / (41 + n)) * HOUR;
    const limitAtMs = { value: NOW + leftMs, low: NOW + 0.85 * leftMs, high: NOW + 1.25 * leftMs };
    const near = { kind: 'deploy', atMs, image: `${REPOSITORY}:v1.42.1`, previousImage: `${REPOSITORY}:v1.42.0` } as const;
    const said = {
      ...LEAKING,
      growthBytesPerHour: mibPerHour(41 + n, 32, 50),
      limitAtMs,
      onsetMs: onset,
      onsetNear: near,
      not: NOT,
    };
    return { series: one, assessment: judged(one, { ...said, curve: course(atMs, at), shape: 'hinge' }, atMs) };
  });
  const replicas = all.map(({ assessment }) => assessment);
  const [soonest] = replicas.toReversed();
  const assessment = service(replicas, soonest ? { soonest, fastest: soonest } : {});
  return { assessment, series: all.map(({ series }) => series), windowMs: 12 * HOUR };
}

/** /|/|/|/ the same climb in each life. */
function cycling(name: string, everyMs: number, stepMs: number, rate: Range, cycle: Cycle, over: Partial<Assessment>): Scene {
  const upMs = 3 * everyMs + 0.6 * everyMs;
  const starts = [0, 1, 2, 3].map((n) => NOW - upMs + n * everyMs);
  const presentMs = starts.at(-1) ?? NOW;
  const runs = lives(starts, cycle.oomKilled > 0 ? { oomKilled: true, exitCode: 137 } : { exitCode: 0 });
  const at = (t: number) => 30 + ((rate.value / MIB) * (t - presentMs)) / HOUR;
  const one = life(name, { limit: 512 * MIB, upMs, everyMs: stepMs, runs }, (age, i) => ({
    anon: at(presentMs + (age % everyMs)) * MIB + noise(i, 6 * MIB),
    file: 24 * MIB,
  }));
  const endMs = presentMs + ((512 - 32) / (rate.value / MIB)) * HOUR;
  const limitAtMs = { value: endMs, low: NOW + 0.9 * (endMs - NOW), high: NOW + 1.15 * (endMs - NOW) };
  const said = { ...LEAKING, reason: 'restart-cycle', growthBytesPerHour: rate, limitAtMs, cycle } as const;
  const assessment = judged(one, { ...said, curve: course(presentMs, at), ...over }, presentMs);
  return { assessment: service([assessment]), series: [one], windowMs: Math.max(6 * HOUR, upMs) };
}

export function oomCycle(): Scene {
  const cycle = { lives: 4, oomKilled: 3, endedBy: 'out-of-memory', usualLifeMs: 2 * HOUR } as const;
  const firstMs = NOW - 3.6 * 2 * HOUR;
  const onsetNear = { kind: 'restart', atMs: firstMs, image: 'x:1' } as const;
  return cycling('api-svc', 2 * HOUR, 15_000, mibPerHour(238, 226, 250), cycle, {
    onsetMs: firstMs + 4 * MINUTE,
    onsetNear,
    not: [NOT[0] as Exclusion, { cause: 'load', of: 'cpu', change: 0.02 }],
  });
}

/** Each deploy comes before the limit does. */
export function hiddenByDeploys(): Scene {
  const everyMs = 3.5 * DAY;
  const firstMs = NOW - 3.6 * everyMs;
  const image = `${REPOSITORY}@sha256:${'4f2a9b1c'.repeat(8)}`;
  const previousImage = `${REPOSITORY}@sha256:${'77d0e3a2'.repeat(8)}`;
  const cycle = { lives: 4, oomKilled: 0, endedBy: 'deploys', usualLifeMs: everyMs } as const;
  return cycling('shop/api-svc', everyMs, 5 * MINUTE, mibPerHour(2.3, 2.1, 2.5), cycle, {
    onsetMs: firstMs + 7 * MINUTE,
    onsetNear: { kind: 'deploy', atMs: firstMs, image, previousImage },
    not: [...NOT.slice(0, 2), { cause: 'warm-up', upMs: 0.6 * everyMs }],
  });
}

/** The heap is flat; files in /dev/shm are not. */
export function tmpfsLeak(): Scene {
  const at = (t: number) => 20 + (30 * (t - (NOW - 6 * HOUR))) / HOUR;
  const one = life('render-farm', { limit: 512 * MIB, upMs: 30 * HOUR, everyMs: MINUTE, seenMs: 6 * HOUR }, (age, i) => ({
    anon: 120 * MIB + noise(i, 5 * MIB),
    shmem: at(NOW - 30 * HOUR + age) * MIB + noise(i + 1, 3 * MIB),
    file: 40 * MIB,
  }));
  const leftMs = ((512 - 122 - at(NOW)) / 30) * HOUR;
  const limitAtMs = { value: NOW + leftMs, low: NOW + 0.9 * leftMs, high: NOW + 1.2 * leftMs };
  const explanation = 'Shared memory (tmpfs) grows steadily and does not come down.';
  const said = { ...LEAKING, explanation, part: 'shmem', growthBytesPerHour: mibPerHour(30, 27, 33), limitAtMs } as const;
  const assessment = judged(one, { ...said, not: NOT.slice(0, 2), curve: course(one.fromMs, at) });
  return { assessment: service([assessment]), series: [one], windowMs: 6 * HOUR };
}
