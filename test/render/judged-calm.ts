import type { Assessment, ServiceAssessment } from '../../src/model/assessment.js';
import { course, judged, mibPerHour, service } from './judged.js';
import { deployOnset, hiddenByDeploys, oomCycle, tmpfsLeak } from './judged-growing.js';
import { DAY, HOUR, life, MIB, MINUTE, NOW, noise, type Scene } from './scenes.js';

/** Verdicts written by hand where memory comes back, follows load, or where that is not clear. */

/** MiB of a daily wave, highest at 15:00 UTC. */
const wave = (t: number, size: number) => (size * (1 - Math.cos(((t - 3 * HOUR) / DAY) * 2 * Math.PI))) / 2;

/** _/‾\_/‾\_ with the traffic. */
export function followsLoad(): Scene {
  const at = (t: number) => 140 + wave(t, 180);
  const one = life('web', { limit: 512 * MIB, upMs: 9 * DAY, everyMs: 5 * MINUTE, seenMs: 4 * DAY }, (age, i) => ({
    anon: at(NOW - 9 * DAY + age) * MIB + noise(i, 14 * MIB),
    file: 90 * MIB,
  }));
  const said = { verdict: 'stable', reason: 'load', explanation: 'Memory follows network traffic.' } as const;
  const growthBytesPerHour = mibPerHour(0.05, -0.3, 0.4);
  const assessment = judged(one, { ...said, growthBytesPerHour, shape: 'daily', curve: course(one.fromMs, at) });
  return { assessment: service([assessment]), series: [one], windowMs: 4 * DAY };
}

/** /|/|/|/| down to the same floor. */
export function collector(): Scene {
  const tooth = 9 * MINUTE;
  const one = life('billing-jvm', { limit: 1024 * MIB, upMs: 3 * DAY, everyMs: 15_000, seenMs: 6 * HOUR }, (age, i) => ({
    anon: (310 + (420 * (age % tooth)) / tooth) * MIB + noise(i, 12 * MIB),
    file: 30 * MIB,
  }));
  const said = { verdict: 'stable', reason: 'sawtooth', explanation: 'Memory comes back down to the same floor.' } as const;
  const growthBytesPerHour = mibPerHour(-0.1, -0.9, 0.8);
  const assessment = judged(one, { ...said, growthBytesPerHour, shape: 'constant', curve: course(one.fromMs, () => 312) });
  return { assessment: service([assessment]), series: [one], windowMs: 6 * HOUR };
}

/** ____/‾‾‾‾ in the midst of a life. */
export function otherLevel(): Scene {
  const stepMs = NOW - 4 * HOUR;
  const at = (t: number) => (t < stepMs ? 120 : 190);
  const one = life('search', { limit: 512 * MIB, upMs: 5 * DAY, everyMs: MINUTE, seenMs: 12 * HOUR }, (age, i) => ({
    anon: at(NOW - 5 * DAY + age) * MIB + noise(i, 6 * MIB),
    file: 30 * MIB,
  }));
  const said = { verdict: 'stable', reason: 'plateau', explanation: 'Memory moved to another level.' } as const;
  const growthBytesPerHour = mibPerHour(0, -0.6, 0.7);
  const assessment = judged(one, { ...said, growthBytesPerHour, presentSinceMs: stepMs, curve: course(one.fromMs, at) });
  return { assessment: service([assessment]), series: [one], windowMs: 12 * HOUR };
}

/** A wave on a line: each day's floor is higher. */
export function dailyLeak(): Scene {
  const fromMs = NOW - 7 * DAY;
  const at = (t: number) => 300 + wave(t, 260) + (5.5 * (t - fromMs)) / HOUR;
  const one = life('orders', { limit: 2048 * MIB, upMs: 20 * DAY, everyMs: 5 * MINUTE, seenMs: 7 * DAY }, (age, i) => ({
    anon: at(NOW - 20 * DAY + age) * MIB + noise(i, 30 * MIB),
    file: 500 * MIB,
    kernel: 30 * MIB,
  }));
  const limitAtMs = { value: NOW + 4.1 * DAY, low: NOW + 3.5 * DAY, high: NOW + 4.9 * DAY };
  const explanation = 'Anonymous memory (heap, stacks) grows from day to day, beside a daily wave.';
  const said = { verdict: 'leaking', reason: 'steady-growth', explanation, limitAtMs, shape: 'daily-line' } as const;
  const growthBytesPerHour = mibPerHour(5.5, 4.9, 6.1);
  const not = [
    { cause: 'cache', changeBytes: 0 },
    { cause: 'load', of: 'net', change: 0.01 },
    { cause: 'load', of: 'cpu', change: -0.02 },
    { cause: 'warm-up', upMs: 20 * DAY },
  ] as const;
  const assessment = judged(one, { ...said, growthBytesPerHour, not, curve: course(fromMs, at) });
  return { assessment: service([assessment]), series: [one], windowMs: 7 * DAY };
}

/** ___/ since six in the morning: a day's load, or a leak. */
export function morningRise(): Scene {
  const fromMs = NOW - 11 * HOUR;
  const at = (t: number) => 140 + wave(t, 180);
  const one = life('web', { limit: 512 * MIB, upMs: 11 * HOUR, everyMs: MINUTE }, (age, i) => ({
    anon: at(fromMs + age) * MIB + noise(i, 10 * MIB),
    file: 60 * MIB,
  }));
  const said = {
    verdict: 'suspicious',
    reason: 'steady-growth',
    explanation: 'Anonymous memory (heap, stacks) grows as it would with a morning’s load.',
  } as const;
  const limitAtMs = { value: NOW + 9 * HOUR, low: NOW + 5 * HOUR };
  const curve = course(fromMs, at);
  const growthBytesPerHour = mibPerHour(19, 9, 31);
  const onsetMs = fromMs + 2 * HOUR;
  const assessment = judged(one, { ...said, growthBytesPerHour, limitAtMs, onsetMs, wouldHelp: 'a-whole-day', curve });
  return { assessment: service([assessment]), series: [one], windowMs: 12 * HOUR };
}

/** Twelve, of which one runs away and two say nothing. */
export function outliersAndMissing(): Scene {
  const rateOf = (n: number) => (n === 7 ? 180 : 41);
  const all = Array.from({ length: 12 }, (_, i) => i + 1).map((n) => {
    const upMs = 2 * HOUR;
    const place = { number: n, host: `hv-0${(n % 4) + 1}`, limit: 1024 * MIB, upMs: 9 * HOUR, everyMs: MINUTE, seenMs: upMs };
    const series = life('shop/api-svc', place, (age, i) => ({
      anon: (150 + ((age - 7 * HOUR) / HOUR) * rateOf(n)) * MIB + noise(i + n, 5 * MIB),
      file: 50 * MIB,
    }));
    const at = (t: number) => 150 + ((t - series.fromMs) / HOUR) * rateOf(n);
    const leftMs = ((1022 - at(NOW)) / rateOf(n)) * HOUR;
    const limitAtMs = { value: NOW + leftMs, low: NOW + 0.9 * leftMs, high: NOW + 1.1 * leftMs };
    const growthBytesPerHour = mibPerHour(rateOf(n), 0.93 * rateOf(n), 1.07 * rateOf(n));
    const explanation = 'Anonymous memory (heap, stacks) grows steadily and does not come down.';
    const said = { verdict: 'leaking', reason: 'steady-growth', explanation, growthBytesPerHour, limitAtMs } as const;
    const assessment = judged(series, { ...said, curve: course(series.fromMs, at) });
    return { series, assessment: n === 3 || n === 9 ? withoutSamples(assessment) : assessment };
  });
  const replicas = all.map(({ assessment }) => assessment);
  const told = replicas.filter(({ verdict }) => verdict === 'leaking');
  const outliers = replicas.filter(({ replica }) => replica.number === 7);
  const missing = replicas.filter(({ verdict }) => verdict === 'unknown');
  const [odd] = outliers;
  const over: Partial<ServiceAssessment> = {
    outliers,
    missing,
    growing: told.length,
    ...(odd ? { soonest: odd, fastest: odd } : {}),
  };
  return { assessment: service(replicas, over), series: all.map(({ series }) => series), windowMs: 6 * HOUR };
}

function withoutSamples({ replica, window }: Assessment): Assessment {
  const nothing = { ...window, samples: 0 };
  return { replica, verdict: 'unknown', reason: 'no-data', explanation: 'There are no samples.', window: nothing, deltas: {} };
}

export const JUDGED: Readonly<Record<string, () => Scene>> = {
  'deploy-onset': deployOnset,
  'oom-cycle': oomCycle,
  'hidden-by-deploys': hiddenByDeploys,
  'tmpfs-leak': tmpfsLeak,
  'follows-load': followsLoad,
  collector,
  'other-level': otherLevel,
  'daily-leak': dailyLeak,
  'morning-rise': morningRise,
  'outliers-and-missing': outliersAndMissing,
};
