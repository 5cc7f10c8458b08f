import { describe, expect, test } from '@jest/globals';
import { assess } from '../../src/analysis/assess.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';

const END = 120 * MINUTE;

/** Two hours in which shared memory is not measured: cache in use and idle cache, MiB by the share of the time. */
function withCache(inUse: (x: number) => number, idle: (x: number) => number) {
  const series = drawn('_'.repeat(120), { noiseBytes: MIB });
  const samples = series.samples.map(({ shmem: _, anon = 0, ...sample }) => {
    const inactiveFile = Math.round(MIB * idle(sample.t / END));
    const file = Math.round(MIB * inUse(sample.t / END)) + inactiveFile;
    return { ...sample, anon, file, inactiveFile, usage: anon + file + 2 * MIB };
  });
  return assess({ ...series, samples }, END);
}

const climbing = (x: number) => 80 * x;
const filling = (x: number) => 40 * Math.min(1, 6 * x);

describe('shared memory that is not measured (cgroup v1), in a tmpfs that fills', () => {
  test.each([
    ['beside idle cache that stays', () => 20],
    ['after idle cache has filled with the process’ start', filling],
  ])('%s', (_, idle) => {
    expect(withCache(climbing, idle)).toMatchObject({ verdict: 'leaking', part: 'shmem' });
  });
  test('counts as used: by that it is out of memory', () => {
    const { latest, limitAtMs, deltas } = withCache(climbing, () => 20);
    expect((latest?.shmem ?? 0) / MIB).toBeCloseTo(80, -1);
    expect((latest?.file ?? 0) / MIB).toBeCloseTo(20, -1);
    expect(Math.abs(deltas.file ?? Number.NaN)).toBeLessThan(MIB);
    // 60 MiB of heap, 2 of the kernel's and 80 of shared memory: 114 of 256 are left, at 40 an hour.
    expect(((limitAtMs?.value ?? 0) - END) / (60 * MINUTE)).toBeCloseTo(114 / 40, 1);
  });
});

test.each([
  ['files are read: what is in use and what is idle grow together', climbing, (x: number) => 40 * x],
  ['all of it has filled', filling, filling],
])('%s: page cache', (_, inUse, idle) => {
  expect(withCache(inUse, idle)).toMatchObject({ verdict: 'stable', part: 'anon' });
});
