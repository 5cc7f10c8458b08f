import { expect, test } from '@jest/globals';
import { replicaForHeap } from '../../src/analysis/heap-replica.js';
import type { Assessment } from '../../src/model/assessment.js';
import type { TakenHeap } from '../../src/model/heap-taking.js';
import { replica } from '../support/fleet.js';

const MIB = 2 ** 20;

function judged(number: number, perHour: number | null, over: Parameters<typeof replica>[2] = {}, anon = 100 * MIB): Assessment {
  const value = (perHour ?? 0) * MIB;
  return {
    ...{ replica: replica('api', number, over), verdict: 'leaking', reason: 'steady-growth', explanation: '' },
    ...{ window: { fromMs: 0, toMs: 1, samples: 2 }, deltas: {}, latest: { t: 1, anon } },
    ...(perHour === null ? {} : { growthBytesPerHour: { value, low: value, high: value } }),
  };
}
const past = ({ replica: { key, run, host } }: Assessment): TakenHeap => ({
  ...{ id: 'h', service: 'api', replica: key, number: 1, name: 'api', host, containerId: run.containerId, image: 'api:1' },
  ...{ profile: 'heap', startedAtMs: run.startedAtMs, takenAtMs: 1, why: 'regular', bytes: 1 },
});
const chosen = (replicas: Assessment[], taken: TakenHeap[] = [], silent: string[] = []) =>
  replicaForHeap({ replicas }, taken, new Set(silent))?.number;

test('the fastest; one that grows nearly as fast, if it has a past', () => {
  const [slow, fast, near] = [judged(1, 10), judged(2, 44), judged(3, 30)];
  expect(chosen([slow, fast, near])).toBe(2);
  expect(chosen([slow, fast, near], [past(near)])).toBe(3);
  expect(chosen([slow, fast, near], [past(slow)])).toBe(2);
});
test('a heap of the life before is no past', () => {
  const [fast, near] = [judged(2, 44), judged(3, 30)];
  expect(chosen([fast, near], [{ ...past(near), startedAtMs: -1 }])).toBe(2);
});
test('none grows: the largest, or the one with a past', () => {
  const [small, large] = [judged(1, null), judged(2, null, {}, 300 * MIB)];
  expect(chosen([small, large])).toBe(2);
  expect(chosen([small, large], [past(small)])).toBe(1);
});
test('one that does not run, or whose agent is silent, has none', () => {
  const [down, away, here] = [judged(1, 90, { running: false }), judged(2, 80, { host: 'hv-02' }), judged(3, 1)];
  expect(chosen([down, away, here], [], ['hv-02'])).toBe(3);
  expect(chosen([down, away], [], ['hv-02'])).toBeUndefined();
});
