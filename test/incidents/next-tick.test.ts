import { expect, test } from '@jest/globals';
import { nextTickMs } from '../../src/incidents/next-tick.js';

const MINUTE = 60_000;

test('every five minutes while calm, every minute while something moves', () => {
  const after = (...args: [Parameters<typeof nextTickMs>[1], boolean]) => (nextTickMs(1_000, ...args) - 1_000) / MINUTE;
  expect(after('stable', false)).toBe(5);
  expect(after('stable', true)).toBe(1);
  for (const verdict of ['leaking', 'suspicious', 'unknown'] as const) expect(after(verdict, false)).toBe(1);
});
