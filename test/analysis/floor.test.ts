import { describe, expect, test } from '@jest/globals';
import { columnsOf } from '../../src/analysis/columns.js';
import { bucketed, floorOf, type Track, toothMs } from '../../src/analysis/floor.js';
import { trackOf } from '../../src/analysis/tracks.js';
import { type Drawing, drawn, MIB, MINUTE } from '../support/draw-series.js';

const track = (picture: string, drawing: Drawing = {}): Track => trackOf(columnsOf(drawn(picture, drawing).samples), 'anon');
const mib = (bytes: number | undefined) => (bytes ?? Number.NaN) / MIB;

describe('the floor', () => {
  test('/|/|/|/| under teeth that stand on a flat floor: flat, at the bottom of them', () => {
    const { bytes } = floorOf(track('////\\\\\\\\'.repeat(30), { baseBytes: 60 * MIB }));
    expect(bytes.length).toBeGreaterThanOrEqual(12);
    for (const one of bytes) expect(Math.abs(mib(one) - 60)).toBeLessThan(1);
  });
  test('/|/|/|/ under teeth of which each begins a little higher: as fast as their feet rise', () => {
    const { t, bytes } = floorOf(track('/////\\\\\\\\'.repeat(30), { baseBytes: 60 * MIB }));
    const hours = ((t.at(-1) ?? 0) - (t[0] ?? 0)) / (60 * MINUTE);
    // 4 MiB each 9 minutes.
    expect((mib(bytes.at(-1)) - mib(bytes[0])) / hours / (240 / 9)).toBeCloseTo(1, 1);
  });
  test('‾‾|‾‾ one low sample is no floor; __|__ one high sample does not lift it', () => {
    const flat = track('_'.repeat(60));
    for (const odd of [MIB, 900 * MIB]) {
      const bytes = flat.bytes.map((value, i) => (i === 100 ? odd : value));
      for (const one of floorOf({ t: flat.t, bytes }).bytes) expect(mib(one)).toBeCloseTo(60, 5);
    }
  });
  test('at most 48 points, in order, none where nothing was measured', () => {
    const gap = track(`${'_'.repeat(40)}${' '.repeat(40)}${'_'.repeat(40)}`);
    const { t } = floorOf(gap);
    expect(t.length).toBeLessThanOrEqual(48);
    expect([...t]).toEqual([...t].sort((a, b) => a - b));
    expect(t.some((at) => at > 41 * MINUTE && at < 79 * MINUTE)).toBe(false);
  });
  test('of nothing, of one sample, and of one time, nothing', () => {
    const one = (times: readonly number[]) => ({ t: Float64Array.from(times), bytes: Float64Array.from(times, () => MIB) });
    for (const times of [[], [5], [5, 5, 5, 5]]) expect(bucketed(one(times), 48, 0.2).t).toHaveLength(0);
  });
});

describe('teeth', () => {
  test('/|/|/|/| how long they are', () => {
    expect((toothMs(track('////\\\\\\\\'.repeat(10))) ?? 0) / MINUTE).toBeCloseTo(8, 0);
  });
  test('four are none, five are', () => {
    expect(toothMs(track('////\\\\\\\\'.repeat(4)))).toBeNull();
    expect(toothMs(track('////\\\\\\\\'.repeat(6)))).not.toBeNull();
  });
  test.each(['_'.repeat(60), '/'.repeat(60), '/////_____\\\\\\\\\\_____'])('%s has none', (picture) => {
    expect(toothMs(track(picture))).toBeNull();
  });
});
