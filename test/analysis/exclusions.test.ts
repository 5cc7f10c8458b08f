import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assess } from '../../src/analysis/assess.js';
import { columnsOf } from '../../src/analysis/columns.js';
import { exclusionsOf } from '../../src/analysis/exclusions.js';
import type { WarmUp } from '../../src/analysis/warm-up.js';
import type { Exclusion } from '../../src/model/assessment.js';
import type { Sample } from '../../src/model/sample.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';

const LEAK = '/'.repeat(60);
const SECOND = 1_000;

type Beside = {
  readonly picture?: string;
  readonly file?: (t: number) => number;
  /** Bytes and CPU nanoseconds a second, at a time; absent: not measured. */
  readonly net?: (t: number) => number;
  readonly cpu?: (t: number) => number;
  readonly upMs?: number;
  readonly warmUp?: WarmUp | null;
  readonly sinceMs?: number;
};

/** A leak of 4 MiB a minute over an hour, from 60 MiB, and what happens beside it. */
function samplesOf({ picture = LEAK, file, net, cpu }: Beside): Sample[] {
  let [sent, burned] = [0, 0];
  return drawn(picture, { ...(file ? { file } : {}) }).samples.map((one) => {
    sent += 15 * (net?.(one.t) ?? 0);
    burned += 15 * (cpu?.(one.t) ?? 0);
    const traffic = net ? { netRxBytes: sent / 2, netTxBytes: sent / 2 } : {};
    return { ...one, ...traffic, ...(cpu ? { cpuNanos: burned } : {}) };
  });
}

function found(beside: Beside): Exclusion[] {
  const { upMs = 30 * MINUTE, warmUp = null, sinceMs = 0 } = beside;
  return exclusionsOf({ columns: columnsOf(samplesOf(beside)), part: 'anon', sinceMs, upMs, warmUp });
}
const of = (cause: Exclusion['cause'], beside: Beside) => found(beside).filter((one) => one.cause === cause);

describe('not cache', () => {
  test('flat, falling, or small beside the growth: with its change', () => {
    expect(of('cache', {})).toEqual([{ cause: 'cache', changeBytes: 0 }]);
    const small = of('cache', { file: (t) => 20 * MIB + (t / MINUTE) * 0.5 * MIB });
    expect(small).toEqual([{ cause: 'cache', changeBytes: expect.any(Number) }]);
    const [falling] = of('cache', { file: (t) => 200 * MIB - (t / MINUTE) * 3 * MIB });
    expect(falling?.cause === 'cache' && falling.changeBytes / MIB).toBeCloseTo(-174, 0);
  });
  test('nothing is said where it grows as well', () => {
    expect(of('cache', { file: (t) => 20 * MIB + (t / MINUTE) * 2 * MIB })).toEqual([]);
  });
  test('only the time of growth counts', () => {
    const early = (t: number) => 20 * MIB + (Math.min(t, 20 * MINUTE) / MINUTE) * 20 * MIB;
    expect(of('cache', { file: early })).toEqual([]);
    expect(of('cache', { file: early, sinceMs: 21 * MINUTE })).toHaveLength(1);
  });
});

describe('not load', () => {
  const kilobytes = (perSecond: (t: number) => number) => (t: number) => 1_000 * perSecond(t);
  const flat = kilobytes(() => 50);
  test('traffic that stays, or falls while memory rises', () => {
    expect(of('load', { net: flat })).toEqual([{ cause: 'load', of: 'net', change: expect.closeTo(0, 6) }]);
    const [fell] = of('load', { net: kilobytes((t) => (t < 30 * MINUTE ? 50 : 35)) });
    expect(fell).toEqual({ cause: 'load', of: 'net', change: expect.closeTo(-0.3, 6) });
  });
  test('traffic that rises with it is no exclusion, and then CPU is none either', () => {
    const rising = kilobytes((t) => 50 * (1 + t / (20 * MINUTE)));
    expect(of('load', { net: rising })).toEqual([]);
    expect(of('load', { net: rising, cpu: () => SECOND })).toEqual([]);
  });
  test('where there is hardly any traffic, CPU', () => {
    const cpu = () => 0.2 * SECOND;
    expect(of('load', { net: () => 20, cpu })).toEqual([{ cause: 'load', of: 'cpu', change: expect.closeTo(0, 6) }]);
    expect(of('load', { cpu })).toEqual([{ cause: 'load', of: 'cpu', change: expect.closeTo(0, 6) }]);
  });
  test('what was not measured, or began again from zero, is not said', () => {
    expect(of('load', {})).toEqual([]);
    const columns = columnsOf(samplesOf({ net: flat }).map((one, i) => (i < 100 ? one : { ...one, netRxBytes: i })));
    const rest = { part: 'anon', sinceMs: 0, upMs: 0, warmUp: null } as const;
    expect(exclusionsOf({ columns, ...rest }).filter(({ cause }) => cause === 'load')).toEqual([]);
    // From nothing to something is no share.
    expect(of('load', { cpu: (t) => (t < 30 * MINUTE ? 0 : SECOND) })).toEqual([]);
  });
});

describe('not warm-up', () => {
  const warmUp: WarmUp = { usualMs: 12 * MINUTE, longestMs: 20 * MINUTE, levelBytes: 90 * MIB, lives: 3 };
  test('up for longer than the image ever took: how long it usually takes', () => {
    expect(of('warm-up', { warmUp, upMs: 25 * MINUTE })).toEqual([{ cause: 'warm-up', upMs: 25 * MINUTE, usualMs: 12 * MINUTE }]);
    expect(of('warm-up', { warmUp, upMs: 22 * MINUTE })).toEqual([]);
  });
  test('where that is not known, up for longer than anything takes', () => {
    expect(of('warm-up', { upMs: 46 * MINUTE })).toEqual([{ cause: 'warm-up', upMs: 46 * MINUTE }]);
    expect(of('warm-up', { upMs: 44 * MINUTE })).toEqual([]);
    expect(of('warm-up', { upMs: -MINUTE })).toEqual([]);
    expect(of('warm-up', { upMs: Number.NaN })).toEqual([]);
  });
});

describe('in a verdict', () => {
  test('with what grows, and with nothing else', () => {
    const judged = (picture: string) => {
      const series = drawn(picture, { noiseBytes: MIB });
      return assess(series, series.toMs);
    };
    expect(judged(LEAK).not).toEqual([
      { cause: 'cache', changeBytes: 0 },
      { cause: 'warm-up', upMs: 120 * MINUTE },
    ]);
    expect(judged('_'.repeat(70))).not.toHaveProperty('not');
  });
});

test('no number is NaN or infinite, whatever was measured', () => {
  const odd = fc.oneof(fc.double(), fc.integer({ min: 0, max: 1_000 }), fc.constantFrom(0, -1, Number.NaN));
  const sample = fc.record(
    { t: fc.integer({ min: 0, max: 600_000 }), anon: odd, file: odd, cpuNanos: odd, netRxBytes: odd, netTxBytes: odd },
    { requiredKeys: ['t'] },
  );
  let said = 0;
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 80 }), fc.integer({ min: 0, max: 600_000 }), odd, (samples, sinceMs, upMs) => {
      const columns = columnsOf(samples as Sample[]);
      for (const one of exclusionsOf({ columns, part: 'anon', sinceMs, upMs: upMs * MINUTE, warmUp: null })) {
        said += 1;
        for (const value of Object.values(one)) if (typeof value === 'number') expect(value).not.toBeNaN();
        if (one.cause !== 'warm-up') expect(Object.values(one)).not.toContain(Number.POSITIVE_INFINITY);
      }
    }),
    { numRuns: 300, seed: 7 },
  );
  expect(said).toBeGreaterThan(50);
});
