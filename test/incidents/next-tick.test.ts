import { expect, test } from '@jest/globals';
import { nextTickMs } from '../../src/incidents/next-tick.js';
import type { View, WatchState } from '../../src/model/watch.js';

const MINUTE = 60_000;
const NOW = 1_700_000_000_000;
const HOUR = 60 * MINUTE;

/** Minutes until the next look at a service that has so long left (ms) and has run for so long. */
function minutes(verdict: View['verdict'], leftMs?: number, upMs = HOUR, state: Partial<WatchState> = {}): number {
  const soonest = leftMs === undefined ? {} : { soonest: { limitAtMs: { value: NOW + leftMs } } };
  const view = { verdict, ...soonest, replicas: [{ replica: { run: { startedAtMs: NOW - upMs } } }] } as unknown as View;
  return (nextTickMs(NOW, view, { lookedMs: NOW, quick: 0, slow: 0, ...state }) - NOW) / MINUTE;
}

test('every five minutes while all is calm, also what has days left', () => {
  expect(minutes('stable')).toBe(5);
  expect(minutes('leaking', 25 * HOUR)).toBe(5);
  expect(minutes('suspicious')).toBe(5);
});

test('every minute while it moves: not known yet, out of memory within a day, an open incident', () => {
  expect(minutes('unknown')).toBe(1);
  expect(minutes('leaking', 23 * HOUR)).toBe(1);
  const incident = {
    level: 'page',
    openedMs: NOW,
    saidMs: NOW,
    said: { growthBytesPerHour: 1, limitAtMs: null },
    images: [],
  } as const;
  expect(minutes('stable', undefined, HOUR, { incident: { ...incident, lastedMs: HOUR } })).toBe(1);
  expect(minutes('stable', undefined, HOUR, { incident: { ...incident, lastedMs: 3 * MINUTE } })).toBe(0.25);
});

test('every quarter where minutes count: out of memory within the hour, or just started', () => {
  expect(minutes('leaking', HOUR / 2)).toBe(0.25);
  expect(minutes('unknown', undefined, MINUTE)).toBe(0.25);
  expect(minutes('stable', undefined, MINUTE)).toBe(5);
});
