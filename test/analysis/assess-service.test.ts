import { expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import { assessService } from '../../src/analysis/assess-service.js';
import type { Assessment } from '../../src/model/assessment.js';
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
