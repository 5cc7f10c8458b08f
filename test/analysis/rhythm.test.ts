import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assess } from '../../src/analysis/assess.js';
import { rhythmOf } from '../../src/analysis/rhythm.js';
import { drawn, MIB, MINUTE, seeded } from '../support/draw-series.js';

const HOUR = 60 * MINUTE;
const POINTS = 48;

test('.-._.-._ the rhythm of a wave is found, whatever it is, wherever it begins, and over a line', () => {
  const waves = fc.record({
    cycles: fc.double({ min: 1.5, max: 7.9, noNaN: true }),
    phase: fc.double({ min: 0, max: 6.3, noNaN: true }),
    line: fc.double({ min: -30, max: 30, noNaN: true }),
  });
  fc.assert(
    fc.property(waves, ({ cycles, phase, line }) => {
      const floor = Float64Array.from({ length: POINTS }, (_, i) => {
        const x = i / (POINTS - 1);
        return MIB * (200 + line * x + 20 * Math.sin(2 * Math.PI * cycles * x + phase));
      });
      expect(Math.abs(rhythmOf(floor) - cycles)).toBeLessThan(0.35);
    }),
  );
});

test('______ of a floor that does not move it is a number that a wave can be made of', () => {
  const rhythm = rhythmOf(new Float64Array(POINTS).fill(MIB));
  expect(rhythm).toBeGreaterThanOrEqual(1);
  expect(rhythm).toBeLessThanOrEqual(8.05);
});

/** Round at the top and pointed below, as load is; so that no wave fits it to the end. */
const load = (turns: number) => 60 * Math.abs(Math.sin(Math.PI * turns));

describe('load in a rhythm of its own', () => {
  const course = (hours: number, periodHours: number, perHour: number) => {
    const noise = seeded(7);
    const samples = Array.from({ length: hours * 60 }, (_, i) => {
      const hour = i / 60;
      const anon = Math.round((200 + perHour * hour + load(hour / periodHours) + 2 * noise()) * MIB);
      return { t: i * MINUTE, anon };
    });
    return assess({ ...drawn('', { ageMs: 5_000, limitBytes: 600 * MIB }), samples, toMs: hours * HOUR }, hours * HOUR);
  };
  test.each([6.7, 9.3, 12.6])('.-._.-‾. a leak under it is told (every %d h)', (periodHours) => {
    const found = course(30, periodHours, 1.2);
    expect(found.verdict).toBe('leaking');
    expect(Math.abs((found.growthBytesPerHour?.value ?? 0) / MIB - 1.2)).toBeLessThan(0.35);
  });
  test.each([6.7, 9.3, 12.6])('.-._.-._ and it is none by itself (every %d h)', (periodHours) => {
    expect(course(30, periodHours, 0).verdict).not.toBe('leaking');
  });
});
