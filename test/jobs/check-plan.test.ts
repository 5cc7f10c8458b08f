import { expect, test } from '@jest/globals';
import { nextLook } from '../../jobs/check-plan.js';
import { assess } from '../../src/analysis/assess.js';
import { assessService } from '../../src/analysis/assess-service.js';
import { drawn, MINUTE } from '../support/draw-series.js';

const of = (picture: string, charMs = MINUTE) => {
  const series = drawn(picture, { charMs, intervalMs: Math.min(15_000, charMs) });
  return assessService(series.replica.service, [assess(series, series.toMs)], []);
};
const asked = { askedAtMs: 0, round: 0 };

test('an answer is not looked at again', () => {
  for (const picture of ['/'.repeat(20), '_'.repeat(20)]) expect(nextLook(of(picture), asked, 0)).toBeNull();
});

test('without history: fast samples are asked for once, and progress shown', () => {
  expect(nextLook(of(' '), asked, 0)).toEqual({ afterMs: 20_000, burst: true });
  expect(nextLook(of(' '), { ...asked, round: 1 }, 20_000)).toEqual({ afterMs: 20_000, burst: false });
});

test('with some history, when more can be said: not sooner, and not at every sample', () => {
  const plan = nextLook(of('/', 80_000), asked, 80_000);
  expect(plan?.burst).toBe(false);
  expect(plan?.afterMs).toBeGreaterThanOrEqual(20_000);
  expect(plan?.afterMs).toBeLessThanOrEqual(MINUTE);
});

test('it comes to an end: after 45 minutes, or when no samples come at all', () => {
  expect(nextLook(of('/', 80_000), asked, 46 * MINUTE)).toBeNull();
  expect(nextLook(of(' '), { ...asked, round: 5 }, 2 * MINUTE)).toBeNull();
});

test('where more can be said in half an hour only: each minute, since it is often told sooner', () => {
  const service = of('/', 80_000);
  const far = { ...service, replicas: service.replicas.map((one) => ({ ...one, answerByMs: 80_000 + 30 * MINUTE })) };
  expect(nextLook(far, asked, 80_000)).toEqual({ afterMs: MINUTE, burst: false });
});
