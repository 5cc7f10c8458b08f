import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { heapGrowth } from '../../src/analysis/heap-growth.js';
import type { Heap } from '../../src/model/heap.js';
import { heapOf } from '../support/heap-of.js';

const rowsOf = (now: Heap, base: Heap | null, by: 'flat' | 'cum' = 'flat') =>
  heapGrowth(now, base, by).rows.map(({ function: name, flat, cum }) => [name, Number(flat), Number(cum)]);

describe('a leak between calm neighbours', () => {
  const base = heapOf({ 'Put<handle<main': 10, 'parse<handle<main': 500, 'once<main': 64 });
  const now = heapOf({ 'Put<handle<main': 400, 'parse<handle<main': 90, 'once<main': 64 });
  test('growth comes first and what was freed last, though it is larger', () => {
    expect(rowsOf(now, base)).toEqual([
      ['Put', 390, 390],
      ['handle', 0, -20],
      ['main', 0, -20],
      ['parse', -410, -410],
    ]);
  });
  test('totals, and the line where it is', () => {
    const { total, baseTotal, grown, rows } = heapGrowth(now, base);
    expect({ total, baseTotal, grown }).toEqual({ total: 554n, baseTotal: 574n, grown: -20n });
    expect(rows[0]?.at).toEqual({ file: '/src/app/cache.go', line: 0 });
  });
  test('without an earlier one: what it holds', () => {
    expect(rowsOf(now, null, 'cum')).toEqual([
      ['main', 0, 554],
      ['handle', 0, 490],
      ['Put', 400, 400],
      ['parse', 90, 90],
      ['once', 64, 64],
    ]);
  });
});

test('a function that is only in one of the two', () => {
  expect(rowsOf(heapOf({ 'new<main': 5 }), heapOf({ 'old<main': 5 }))).toEqual([
    ['new', 5, 5],
    ['old', -5, -5],
  ]);
});

test('recursion is counted once', () => {
  expect(rowsOf(heapOf({ 'fact<fact<fact<main': 8 }), null)).toEqual([
    ['fact', 8, 8],
    ['main', 0, 8],
  ]);
});

describe('what cannot be compared', () => {
  const heap = heapOf({ f: 1 });
  test.each([
    [
      'another measure',
      heapOf({ f: 1 }, { measures: [{ name: 'goroutine', unit: 'count' }] }),
      'the earlier one has no inuse_space, but goroutine',
    ],
    [
      'another unit',
      heapOf({ f: 1 }, { measures: [{ name: 'inuse_space', unit: 'kilobytes' }] }),
      'is in bytes, and in kilobytes in the earlier one',
    ],
  ])('%s', (_, base, sentence) => expect(() => heapGrowth(heap, base)).toThrow(sentence));
  test('another period', () => {
    const by = (name: string) => heapOf({ f: 1 }, { period: { name, unit: 'x', every: 1 } });
    expect(() => heapGrowth(by('space'), by('cpu'))).toThrow('one was sampled by space (x), the other by cpu (x)');
  });
  test('a measure that is not there is answered with those that are', () => {
    expect(() => heapGrowth(heap, null, 'flat', 'cpu')).toThrow('has no cpu: it counts inuse_space');
  });
  test('inuse_space is called space in C++, and object may be objects', () => {
    const named = (name: string) => heapOf({ f: 1 }, { measures: [{ name, unit: 'bytes' }] });
    expect(heapGrowth(named('space'), null, 'flat', 'inuse_space').total).toBe(1n);
    expect(heapGrowth(named('objects'), named('object')).grown).toBe(0n);
  });
});

/** The same as anybody would write it who need not be fast: a map and bigints. */
function slowly(now: Record<string, bigint>, base: Record<string, bigint>): Map<string, [bigint, bigint]> {
  const rows = new Map<string, [bigint, bigint]>();
  const add = (stacks: Record<string, bigint>, sign: bigint) => {
    for (const [path, value] of Object.entries(stacks)) {
      const names = path.split('<');
      for (const name of new Set(names)) {
        const [flat, cum] = rows.get(name) ?? [0n, 0n];
        rows.set(name, [flat + (names[0] === name ? sign * value : 0n), cum + sign * value]);
      }
    }
  };
  add(now, 1n);
  add(base, -1n);
  return new Map([...rows].filter(([, [flat, cum]]) => flat !== 0n || cum !== 0n));
}

test('any two heaps: what a slow and simple sum says, up to 64 bits', () => {
  const path = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 6 }).map((names) => names.join('<'));
  const value = fc.oneof(fc.bigInt(-1_000n, 1_000n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n));
  const stacks = fc.dictionary(path, value, { maxKeys: 12 });
  fc.assert(
    fc.property(stacks, stacks, (now, base) => {
      const { rows, grown } = heapGrowth(heapOf(now), heapOf(base));
      expect(new Map(rows.map(({ function: name, flat, cum }) => [name, [flat, cum]]))).toEqual(slowly(now, base));
      expect(rows.reduce((sum, { flat }) => sum + flat, 0n)).toBe(grown);
    }),
    { seed: 20_261_128, numRuns: 300 },
  );
});
