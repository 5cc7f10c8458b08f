import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assess } from '../../src/analysis/assess.js';
import type { Assessment, Series } from '../../src/model/assessment.js';
import type { Sample } from '../../src/model/sample.js';
import { MIB, MINUTE } from '../support/draw-series.js';
import { expectFinite } from '../support/finite.js';
import { CLEAR } from './clear-cases.js';

/**
 * What is held of clear cases, with the same seeds in every run:
 * - moved in time: the very same verdict and reason, and the same rate within 2 % and 0.1 MiB/h;
 * - a constant added, all bytes rescaled, a fifth of the samples lost, samples that are broken, doubled, stale or in disorder:
 *   what leaks is still `leaking`, and what is stable is never `leaking` (it may become `suspicious` or `unknown`: that is no
 *   wrong verdict).
 * And whatever comes in, no number is NaN or infinite.
 */
const RUNS = { numRuns: 3, seed: 41 };
const each = test.each(CLEAR.map((one) => [one.name, one] as const));

const judged = (series: Series): Assessment => {
  const assessment = assess(series, series.toMs);
  expectFinite(assessment);
  return assessment;
};
const withSamples = (series: Series, samples: readonly Sample[]): Series => ({ ...series, samples });
const holds = (verdict: 'leaking' | 'stable', series: Series) => {
  const now = judged(series).verdict;
  if (verdict === 'leaking') expect(now).toBe('leaking');
  else expect(now).not.toBe('leaking');
};

/** So many positions among the samples, without the newest: it says how it is now. */
const places = (share: number) =>
  fc.integer({ min: 1, max: 2 ** 31 }).map((seed) => (_: unknown, i: number, all: readonly unknown[]) => {
    const mixed = Math.imul(Math.imul(i + 1, 0x9e3779b1) ^ seed, 0x85ebca6b) >>> 8;
    return i < all.length - 1 && mixed % 1_000 < 1_000 * share;
  });

const BYTES = ['usage', 'anon', 'file', 'inactiveFile', 'shmem', 'kernel', 'leastAnon', 'leastKernel', 'leastShmem'] as const;
/** Each size that is there as `of` makes it. */
function sized(sample: Sample, of: (bytes: number, name: string) => number): Sample {
  const made: { -readonly [F in keyof Sample]: Sample[F] } = { ...sample };
  for (const name of BYTES) {
    const bytes = sample[name];
    if (bytes !== undefined) made[name] = of(bytes, name);
  }
  return made;
}

function moved(series: Series, ms: number): Series {
  const later = <T extends { startedAtMs: number; endedAtMs?: number }>(run: T): T => ({
    ...run,
    startedAtMs: run.startedAtMs + ms,
    ...(run.endedAtMs === undefined ? {} : { endedAtMs: run.endedAtMs + ms }),
  });
  return {
    ...series,
    ...{ fromMs: series.fromMs + ms, toMs: series.toMs + ms },
    runs: series.runs.map(later),
    replica: { ...series.replica, run: later(series.replica.run) },
    samples: [...series.samples].map((sample) => ({ ...sample, t: sample.t + ms })),
  };
}

describe('a clear case is judged as what it is', () => {
  each('%s', (_, { verdict, series }) => expect(judged(series).verdict).toBe(verdict));
});

describe('moved in time, by any milliseconds', () => {
  each('%s', (_, { series }) => {
    const before = judged(series);
    const rate = before.growthBytesPerHour?.value ?? 0;
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 0, max: 10 * MINUTE }), fc.integer({ min: 0, max: 1.9e12 })), (ms) => {
        const { verdict, reason, growthBytesPerHour } = judged(moved(series, ms));
        expect({ verdict, reason }).toEqual({ verdict: before.verdict, reason: before.reason });
        // Roll-ups and single samples meet in slots that are counted from the epoch: they are cut elsewhere.
        expect(Math.abs((growthBytesPerHour?.value ?? 0) - rate)).toBeLessThanOrEqual(0.02 * Math.abs(rate) + MIB / 10);
      }),
      RUNS,
    );
  });
});

describe('a constant added to anon and usage', () => {
  each('%s', (_, { verdict, series }) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 * MIB }), (more) => {
        const raised = (bytes: number, name: string) => (['anon', 'usage', 'leastAnon'].includes(name) ? bytes + more : bytes);
        // The room above it stays.
        const limitBytes = series.replica.limitBytes === null ? null : series.replica.limitBytes + more;
        const samples = [...series.samples].map((sample) => ({
          ...sized(sample, raised),
          ...(typeof sample.limit === 'number' ? { limit: sample.limit + more } : {}),
        }));
        holds(verdict, { ...series, samples, replica: { ...series.replica, limitBytes } });
      }),
      RUNS,
    );
  });
});

describe('all bytes rescaled, the limit too', () => {
  each('%s', (_, { verdict, series }) => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 4, noNaN: true }), (times) => {
        const scaled = (bytes: number) => Math.round(bytes * times);
        const samples = [...series.samples].map((sample) => ({
          ...sized(sample, scaled),
          ...(typeof sample.limit === 'number' ? { limit: scaled(sample.limit) } : {}),
        }));
        const { limitBytes } = series.replica;
        holds(verdict, {
          ...series,
          samples,
          replica: { ...series.replica, limitBytes: limitBytes === null ? null : scaled(limitBytes) },
        });
      }),
      RUNS,
    );
  });
});

describe('a random fifth of the samples lost', () => {
  each('%s', (_, { verdict, series }) => {
    fc.assert(
      fc.property(places(0.2), (lost) =>
        holds(
          verdict,
          withSamples(
            series,
            [...series.samples].filter((one, i, all) => !lost(one, i, all)),
          ),
        ),
      ),
      RUNS,
    );
  });
});

/** What samplers and engines do; each makes other samples of those that were meant. */
const ODD: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  -4096 * MIB,
  '12',
  '',
  null,
  2 ** 61,
];
type Fault = (
  samples: readonly Sample[],
  hit: (one: unknown, i: number, all: readonly unknown[]) => boolean,
) => readonly Sample[];
const FAULTS: Readonly<Record<string, Fault>> = {
  'stale: what the one before said': (samples, hit) =>
    samples.map((one, i, all) => (hit(one, i, all) ? { ...one, ...samples[i - 1], t: one.t } : one)),
  'no size at all, in any field': (samples, hit) =>
    samples.map((one, i, all) =>
      hit(one, i, all) ? sized(one, (_, name) => ODD[(i + name.length) % ODD.length] as number) : one,
    ),
  'no limit and no counter that could be': (samples, hit) =>
    samples.map((one, i, all) => {
      const odd = ODD[i % ODD.length] as number;
      return hit(one, i, all) ? { ...one, limit: odd, cpuNanos: odd, netRxBytes: odd, netTxBytes: odd } : one;
    }),
  'no time that could be': (samples, hit) =>
    samples.map((one, i, all) => (hit(one, i, all) ? { ...one, t: [Number.NaN, Number.NEGATIVE_INFINITY][i % 2] ?? 0 } : one)),
  'out of order': (samples, hit) => {
    const late = samples.filter(hit);
    return [...late.toReversed(), ...samples.filter((one, i, all) => !hit(one, i, all))];
  },
  'each time twice': (samples) => samples.flatMap((one) => [one, { ...one }]),
};

describe.each(Object.keys(FAULTS))('every twentieth or so: %s', (name) => {
  each('%s', (_, { verdict, series }) => {
    fc.assert(
      fc.property(places(0.05), (hit) => holds(verdict, withSamples(series, FAULTS[name]?.([...series.samples], hit) ?? []))),
      { ...RUNS, numRuns: 1 },
    );
  });
});

/** Of the time that is seen, where something happens: after its beginning, before its end. */
const somewhere = fc.double({ min: 0.2, max: 0.7, noNaN: true });
const at = ({ samples }: Series, share: number) => samples.at(Math.floor(share * samples.length))?.t ?? 0;

describe('a clock that was put back for a tenth of the time', () => {
  each('%s', (_, { verdict, series }) => {
    fc.assert(
      fc.property(somewhere, fc.integer({ min: 1_000, max: 2 * MINUTE }), (share, back) => {
        const [from, to] = [at(series, share), at(series, share + 0.1)];
        const samples = [...series.samples].map((one) => (one.t >= from && one.t < to ? { ...one, t: one.t - back } : one));
        holds(verdict, withSamples(series, samples));
      }),
      { ...RUNS, numRuns: 1 },
    );
  });
});

describe('a gap of an hour, or of a fifth of a shorter time', () => {
  each('%s', (_, { verdict, series }) => {
    const gapMs = Math.min(60 * MINUTE, (at(series, 0.999) - at(series, 0)) / 5);
    fc.assert(
      fc.property(somewhere, (share) => {
        const from = at(series, share);
        holds(
          verdict,
          withSamples(
            series,
            [...series.samples].filter(({ t }) => t < from || t >= from + gapMs),
          ),
        );
      }),
      { ...RUNS, numRuns: 1 },
    );
  });
});

test('nothing but oddities is unknown, not stable', () => {
  const [one] = CLEAR;
  if (!one) throw new Error('no case');
  for (const odd of ODD) {
    const samples = [...one.series.samples].map((sample) => ({ ...sample, anon: odd as number }));
    expect(judged(withSamples(one.series, samples)).verdict).toBe('unknown');
  }
});
