import { describe, expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import { assessService } from '../../src/analysis/assess-service.js';
import type { Assessment, Event } from '../../src/model/assessment.js';
import { drawn, MIB } from '../support/draw-series.js';
import { replica } from '../support/fleet.js';

const service = { id: 'shop/api-svc', name: 'api-svc', project: 'shop' };
const LEAK = '/'.repeat(20);
const CALM = '_'.repeat(20);

/** Replicas by what they do and where: `['hv-01', LEAK]`. */
function replicas(...drawings: readonly (readonly [string, string, number?])[]): Assessment[] {
  return drawings.map(([host, picture, stepBytes = 4 * MIB], i) => {
    const series = drawn(picture, { stepBytes });
    const { run, limitBytes } = series.replica;
    return assess({ ...series, replica: replica('shop/api-svc', i + 1, { host, run, limitBytes }) }, series.toMs);
  });
}
const scopeOf = (...drawings: readonly (readonly [string, string])[]) => assessService(service, replicas(...drawings), []).scope;

test('all of them: the code; all on one host: the host; one of many: that one', () => {
  expect(scopeOf(['hv-01', LEAK], ['hv-02', LEAK])).toBe('code');
  expect(scopeOf(['hv-01', LEAK], ['hv-01', LEAK], ['hv-02', CALM])).toBe('host');
  expect(scopeOf(['hv-01', LEAK], ['hv-01', CALM], ['hv-02', CALM])).toBe('replica');
  expect(scopeOf(['hv-01', CALM])).toBe('none');
});

test('the first out of memory, the fastest, the slowest, and the middle rate', () => {
  const all = replicas(['hv-01', LEAK, 3 * MIB], ['hv-01', LEAK, 5 * MIB], ['hv-02', LEAK, 4 * MIB]);
  const { verdict, growing, soonest, fastest, slowest, growthBytesPerHour } = assessService(service, all, []);
  expect({ verdict, growing }).toEqual({ verdict: 'leaking', growing: 3 });
  expect([soonest, fastest, slowest].map((one) => one?.replica.number)).toEqual([2, 2, 1]);
  expect((growthBytesPerHour?.value ?? 0) / (240 * MIB)).toBeCloseTo(1, 2);
});

test('missing data never means healthy: one unknown among the stable makes the service unknown', () => {
  expect(assessService(service, replicas(['hv-01', CALM], ['hv-02', ' ']), []).verdict).toBe('unknown');
});

test('a replica that is down does not speak for those that run', () => {
  const [calm, down] = replicas(['hv-01', CALM], ['hv-01', ' ']);
  if (!calm || !down) throw new Error('drawn two');
  const stopped = { ...down, replica: { ...down.replica, running: false } };
  expect(assessService(service, [calm, stopped], []).verdict).toBe('stable');
});

test('no replica at all', () => expect(assessService(service, [], [])).toMatchObject({ verdict: 'unknown', reason: 'no-data' }));

/** Replicas of which only this is told. */
function told(...said: readonly Partial<Assessment>[]): Assessment[] {
  return said.map((over, i) => {
    const window = { fromMs: 0, toMs: 1, samples: 9 };
    const flat = { verdict: 'stable', reason: 'flat', explanation: 'Flat.', window, deltas: {} } as const;
    return { replica: replica('shop/api-svc', i + 1), ...flat, ...over };
  });
}
const growing = (value: number, over: Partial<Assessment> = {}): Partial<Assessment> => ({
  ...{ verdict: 'leaking', reason: 'steady-growth', growthBytesPerHour: { value, low: 0.9 * value, high: 1.1 * value } },
  ...over,
});

test('a suspicion that may be nothing does not halve the rate of a leak, nor make it one of the code', () => {
  const nothing = growing(0.2, { verdict: 'suspicious', growthBytesPerHour: { value: 0.2, low: -1.4, high: 1.8 } });
  const perhaps = growing(20, { verdict: 'suspicious', growthBytesPerHour: { value: 20, low: -5, high: 45 } });
  const slower = growing(5, { verdict: 'suspicious' });
  expect(assessService(service, told(growing(30), nothing, {}), [])).toMatchObject({
    ...{ growing: 1, scope: 'replica', growthBytesPerHour: { value: 30 } },
  });
  expect(assessService(service, told(growing(30), perhaps, {}), []).growing).toBe(2);
  expect(assessService(service, told(growing(30), slower, {}), []).growing).toBe(2);
  expect(assessService(service, told(nothing, {}), []).growing).toBe(1);
});
const numbers = (ones: readonly Assessment[]) => ones.map((one) => one.replica.number);
const assessed = (...said: readonly Partial<Assessment>[]) => assessService(service, told(...said), []);

describe('replicas that are unlike the others', () => {
  const outliers = (...said: readonly Partial<Assessment>[]) => numbers(assessed(...said).outliers);
  test('far faster or far slower than the middle one, beyond both ranges', () => {
    expect(outliers(growing(40), growing(44), growing(41), growing(180))).toEqual([4]);
    expect(outliers(growing(40), growing(44), growing(41), growing(15))).toEqual([4]);
    expect(outliers(growing(40), growing(44), growing(41), growing(70))).toEqual([]);
  });
  test('not while the ranges meet', () => {
    const wide = growing(180, { growthBytesPerHour: { value: 180, low: 30, high: 330 } });
    expect(outliers(growing(40), growing(44), growing(41), wide)).toEqual([]);
  });
  test('two are no crowd, and one that leaks among many calm ones is the scope', () => {
    expect(outliers(growing(40), growing(180))).toEqual([]);
    const one = assessed(growing(180), {}, {}, {});
    expect([one.scope, one.outliers]).toEqual(['replica', []]);
  });
});

describe('who speaks for the service', () => {
  const at = (value: number) => ({ limitAtMs: { value, low: value, high: value } });
  test('the first out of memory, else the fastest', () => {
    const [early, late, fast] = ['Early.', 'Late.', 'Fast.'].map((explanation) => ({ explanation }));
    expect(
      assessed(growing(40, { ...at(900), ...late }), growing(41, { ...at(500), ...early }), growing(90, fast)),
    ).toMatchObject(early ?? {});
    expect(assessed(growing(40, late), growing(90, fast), growing(41, early))).toMatchObject(fast ?? {});
  });
  test('only who has the verdict of the service', () => {
    const suspicious = growing(400, { verdict: 'suspicious', reason: 'load', explanation: 'Load.', ...at(1) });
    expect(assessed(suspicious, growing(40))).toMatchObject({
      verdict: 'leaking',
      reason: 'steady-growth',
      explanation: 'Flat.',
    });
  });
  test('of calm ones, the reason that most have; of unknown ones, who has a reason beside having no data', () => {
    const filled = { reason: 'plateau', explanation: 'Full.' } as const;
    expect(assessed({}, filled, filled)).toMatchObject(filled);
    const [silent, young] = [
      { verdict: 'unknown', reason: 'no-data', explanation: 'Nothing.' },
      { verdict: 'unknown', reason: 'too-short', explanation: 'Soon.' },
    ] as const;
    expect(assessed(silent, silent, young)).toMatchObject(young);
    expect(assessed(silent, silent)).toMatchObject(silent);
  });
});

describe('since when', () => {
  const near = (atMs: number): Event => ({ kind: 'deploy', atMs, image: 'api:2', previousImage: 'api:1' });
  test('the earliest onset, and what began then', () => {
    const all = assessed(growing(40, { onsetMs: 900 }), growing(41, { onsetMs: 500, onsetNear: near(450) }), growing(42));
    expect(all).toMatchObject({ onsetMs: 500, onsetNear: near(450) });
    expect(assessed(growing(40, { onsetMs: 900, onsetNear: near(890) }), growing(41, { onsetMs: 500 }))).not.toHaveProperty(
      'onsetNear',
    );
  });
  test('not where most of them have grown for longer than was seen', () => {
    expect(assessed(growing(40), growing(41), growing(42, { onsetMs: 900 }))).not.toHaveProperty('onsetMs');
  });
});

test('who runs and gave nothing is missing; who is too young is not', () => {
  const silent = { verdict: 'unknown', reason: 'no-data' } as const;
  const down = { ...silent, replica: replica('shop/api-svc', 9, { running: false }) };
  const young = { verdict: 'unknown', reason: 'too-short' } as const;
  expect(numbers(assessed(growing(40), silent, young, down).missing)).toEqual([2]);
});
