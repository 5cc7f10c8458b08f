import { describe, expect, test } from '@jest/globals';
import { growthBetween, type HeapRuntime, reconcile } from '../../src/analysis/reconcile.js';
import type { GoMemory } from '../../src/model/heap-evidence.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';

const grew = (mib: number) => ({ grownBytes: mib * MIB, nowBytes: 400 * MIB });
const memory = (over: Partial<Record<keyof GoMemory, number>> = {}): GoMemory => ({
  ...{ sysBytes: 300 * MIB, releasedBytes: 0, liveBytes: 100 * MIB, nextGcBytes: 200 * MIB },
  ...over,
});
const heap = (mib: number, errorMib = 0) => ({ grownBytes: mib * MIB, errorBytes: errorMib * MIB });
const go = (first: GoMemory | null, last: GoMemory | null): HeapRuntime => ({ is: 'go', first, last });
const inMib = ({ low, high }: { low: number; high: number }) => [low / MIB, high / MIB];

describe('what a live heap costs', () => {
  test('GOGC is not known: between itself and twice that', () => {
    const { explained, by, says } = reconcile(grew(225), heap(108), go(null, null));
    expect([inMib(explained), by, says]).toEqual([[108, 216], { how: 'usual' }, 'heap']);
  });
  test.each([
    [200, { how: 'gogc', percent: 100 }, 216],
    [150, { how: 'gogc', percent: 50 }, 162],
    [500, { how: 'gogc', percent: 400 }, 540],
    // Stacks and globals count for the goal, too (Go 1.18).
    [201.7, { how: 'gogc', percent: 100 }, 216],
    // A memory limit that is reached: it is collected all the time.
    [100, { how: 'gogc', percent: 0 }, 108],
  ])('Go told that it collects next at %s MiB', (nextMib, by, costs) => {
    const one = reconcile(grew(225), heap(108), go(null, memory({ nextGcBytes: nextMib * MIB })));
    expect(one.by).toEqual(by);
    expect(inMib(one.explained)).toEqual([costs, costs]);
  });
  test('many stacks are no GOGC=700', () => {
    const stacks = memory({ liveBytes: 16 * MIB, stackBytes: 96 * MIB, nextGcBytes: 128 * MIB });
    expect(reconcile(grew(112), heap(8), go(null, stacks)).by).toEqual({ how: 'gogc', percent: 100 });
  });
  test('a small heap tells nothing of GOGC: 4 MiB is the least goal', () => {
    const small = memory({ liveBytes: MIB, nextGcBytes: 4 * MIB });
    expect(reconcile(grew(9), heap(1), go(null, small)).by).toEqual({ how: 'usual' });
  });
  test('Go told at both ends what it had from the system', () => {
    const one = reconcile(grew(225), heap(108), go(memory(), memory({ sysBytes: 540 * MIB, releasedBytes: 20 * MIB })));
    expect([inMib(one.explained), one.by]).toEqual([[220, 220], { how: 'runtime' }]);
  });
  test('without a collector it costs itself', () => {
    expect(inMib(reconcile(grew(225), heap(108), { is: 'allocator' }).explained)).toEqual([108, 108]);
  });
});

test.each([
  ['cgo or mmap', 412, 20, 'elsewhere'],
  ['half of it', 412, 100, 'partly'],
  ['too little to tell', 9, 1, 'open'],
  ['all of it', 412, 200, 'heap'],
  ['more than all: garbage had room already', 50, 108, 'heap'],
  ['the heap shrinks while memory grows', 100, -50, 'elsewhere'],
  ['memory did not grow', 3, 108, 'not-grown'],
  ['memory went down', -80, -40, 'not-grown'],
] as const)('%s', (_, containerMib, heapMib, says) => {
  expect(reconcile(grew(containerMib), heap(heapMib, 2), go(null, null)).says).toBe(says);
});

test.each([
  ['stacks of goroutines: Go has it, its live heap does not', 412, 20, 400, 'around'],
  ['what is held came with garbage', 412, 200, 400, 'heap'],
  ['a third of it, with its garbage', 412, 69, 400, 'heap'],
  ['it grew into what Go had already, and memory grew outside', 400, 300, 50, 'elsewhere'],
  ['a peak between the two heaps, and garbage that is not given back yet', 300, 5, 310, 'around'],
] as const)('Go told at both ends; %s', (_, containerMib, heapMib, hadMib, says) => {
  const runtime = go(memory(), memory({ sysBytes: (300 + hadMib) * MIB }));
  expect(reconcile(grew(containerMib), heap(heapMib, 2), runtime).says).toBe(says);
});

describe('memory over the same time', () => {
  const { samples } = drawn('_____//////////_____', { noiseBytes: 2 * MIB });
  test('is what it was around both heaps', () => {
    const grown = growthBetween(samples, 3 * MINUTE, 17 * MINUTE);
    expect((grown?.grownBytes ?? 0) / MIB).toBeCloseTo(40, -1);
    expect((grown?.nowBytes ?? 0) / MIB).toBeCloseTo(100, -1);
  });
  test('roll-ups are five minutes apart: the nearest has to do', () => {
    const rolled = [0, 5, 10, 15, 20].map((minute) => ({ t: minute * MINUTE, anon: minute * MIB }));
    expect(growthBetween(rolled, 2.4 * MINUTE, 17.6 * MINUTE)?.grownBytes).toBe(20 * MIB);
  });
  test('no samples near one of them: nothing is said', () => {
    expect(growthBetween(samples, -30 * MINUTE, 10 * MINUTE)).toBeNull();
    expect(growthBetween(samples, 3 * MINUTE, 40 * MINUTE)).toBeNull();
    expect(growthBetween([{ t: 3 * MINUTE }, { t: 17 * MINUTE, anon: 5 }], 3 * MINUTE, 17 * MINUTE)).toBeNull();
  });
  test('two heaps a few seconds apart share no sample', () => {
    const one = [{ t: 0, anon: 5 * MIB }];
    expect(growthBetween(one, -5_000, 5_000)).toBeNull();
  });
});
