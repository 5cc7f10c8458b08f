import { expect, test } from '@jest/globals';
import { nextTickMs } from '../../src/incidents/next-tick.js';
import type { View } from '../../src/model/incident.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('every five minutes while calm or slow, every minute while it cannot be told, or is out of memory within a day', () => {
  const after = (verdict: View['verdict'], leftMs?: number) => {
    const soonest = leftMs === undefined ? {} : { soonest: { limitAtMs: { value: 1_000 + leftMs, low: 0 } } };
    return (nextTickMs(1_000, { verdict, ...soonest } as View) - 1_000) / MINUTE;
  };
  expect(after('stable')).toBe(5);
  expect(after('unknown')).toBe(1);
  for (const verdict of ['leaking', 'suspicious'] as const) {
    expect(after(verdict)).toBe(5);
    expect(after(verdict, 48 * HOUR)).toBe(5);
    expect(after(verdict, 23 * HOUR)).toBe(1);
  }
});
