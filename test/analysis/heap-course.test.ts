import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { heapCourse } from '../../src/analysis/heap-course.js';
import { heapEvidence, whoGrew } from '../../src/analysis/heap-evidence.js';
import { heapGrowth } from '../../src/analysis/heap-growth.js';
import { heldByFunction } from '../../src/analysis/heap-held.js';
import { reconcile } from '../../src/analysis/reconcile.js';
import type { Heap } from '../../src/model/heap.js';
import { readHeaps } from '../../src/sources/pprof/read-heap.js';
import { about } from '../support/heap-evidence.js';
import { heapOf } from '../support/heap-of.js';

const course = (heaps: readonly Heap[], top = 10, by: 'innermost' | 'own' = 'innermost') =>
  heapCourse(
    heaps.map((heap) => heldByFunction(heap, by)),
    top,
  );
const told = (heaps: readonly Heap[], top = 10) =>
  course(heaps, top).rows.map(({ function: name, held, via }) => [name, held.join(' '), via?.function ?? '']);
const golden = async (name: string) => {
  const [heap] = await readHeaps(readFileSync(`test/golden/pprof/${name}.pb.gz`), null);
  return heap;
};

const SAMPLED = { period: { name: 'space', unit: 'bytes', every: 524_288 } };

describe('several heaps by function', () => {
  const [one, two, three] = [
    heapOf({ 'orders.Put<main': 10, 'orders.parse<main': 500, 'orders.once<main': 64 }),
    heapOf({ 'orders.Put<main': 200, 'orders.parse<main': 800, 'orders.once<main': 64 }),
    heapOf({ 'orders.Put<main': 400, 'orders.parse<main': 90, 'orders.once<main': 64, 'orders.new<main': 1 }),
  ];
  test('growth first, what shrank last, what stayed is counted', () => {
    expect(told([one, two, three])).toEqual([
      ['orders.Put', '10 200 400', ''],
      ['orders.new', '0 0 1', ''],
      ['orders.parse', '500 800 90', ''],
    ]);
    expect(course([one, two, three])).toMatchObject({ totals: [574, 1_064, 555], others: 1 });
  });
  test('so many of each', () => {
    expect(told([one, two, three], 1).map(([name]) => name)).toEqual(['orders.Put', 'orders.parse']);
    expect(course([one, two, three], 1).others).toBe(2);
  });
  test('one alone: what it holds', () => {
    expect(told([two])).toEqual([
      ['orders.parse', '800', ''],
      ['orders.Put', '200', ''],
      ['orders.once', '64', ''],
    ]);
  });
  test('what cannot be compared is refused', () => {
    const other = heapOf({ f: 1 }, { measures: [{ name: 'goroutine', unit: 'count' }] });
    expect(() => course([other, one])).toThrow('cannot be compared');
    // /debug/pprof/allocs and /debug/pprof/heap: all that was ever allocated, and what is held, in the same columns.
    const measures = ['alloc_space', 'inuse_space'].map((name) => ({ name, unit: 'bytes' }));
    const both = heapOf({ f: 1 }, { measures, values: [Float64Array.of(900), Float64Array.of(1)] });
    expect(() => course([both, { ...both, usualMeasure: 1 }])).toThrow('it is of inuse_space, an earlier one of alloc_space');
    const held = [both, { ...both, usualMeasure: 1 }].map((heap) => heldByFunction(heap, 'innermost', 'inuse_space'));
    expect(heapCourse(held, 1).totals).toEqual([1, 1]);
  });
});

describe('a standard library holds what somebody gave it', () => {
  const now = heapOf({
    'bytes.growSlice<bytes.(*Buffer).Write<orders.(*Cache).Put<net/http.serve': 700,
    'bytes.growSlice<bytes.(*Buffer).Write<orders.render<net/http.serve': 900,
  });
  const before = heapOf({
    'bytes.growSlice<bytes.(*Buffer).Write<orders.(*Cache).Put<net/http.serve': 100,
    'bytes.growSlice<bytes.(*Buffer).Write<orders.render<net/http.serve': 880,
  });
  test('named is who made most of the growth, not who holds most', () => {
    expect(told([before, now])).toEqual([['bytes.growSlice', '980 1600', 'orders.(*Cache).Put']]);
    expect(told([now])[0]?.[2]).toBe('orders.render');
  });
  test.each(['go.uber.org/zap.(*Logger).With', 'go.etcd.io/bbolt.(*Tx).page', 'net.shop.example/orders.Put'])(
    '%s has a host in front: it is in no standard library, whatever the host begins with',
    (name) => {
      expect(told([heapOf({ [`bytes.growSlice<${name}<net/http.serve`]: 5 })])).toEqual([['bytes.growSlice', '5', name]]);
      expect(told([heapOf({ [`${name}<orders.Put<main.main`]: 5 })])).toEqual([[name, '5', '']]);
    },
  );
  test('types that a function was made for are no path', () => {
    const sorted = 'slices.SortFunc[go.shape.[]github.com/shop/api/orders.Order]';
    expect(told([heapOf({ [`${sorted}<orders.Put<main.main`]: 5 })])).toEqual([[sorted, '5', 'orders.Put']]);
  });
  test('nobody else in the stack: nobody is named', () => {
    expect(told([heapOf({ 'net/http.(*conn).serve<runtime.goexit': 5 })])).toEqual([['net/http.(*conn).serve', '5', '']]);
  });
});

describe('a histogram of a JVM', () => {
  const measures = [
    { name: 'instances', unit: 'count' },
    { name: 'bytes', unit: 'bytes' },
  ];
  const histogram = (bytes: Readonly<Record<string, number>>) =>
    heapOf(bytes, { measures, usualMeasure: 1, values: [new Float64Array(9), Float64Array.from(Object.values(bytes))] });
  test('classes of one’s own come before what they are made of, in a package io or net, too', () => {
    const before = histogram({ '[B': 1_000, 'io.acme.Session': 10, 'net.acme.Cart': 10, 'java.util.HashMap$Node': 10 });
    const now = histogram({ '[B': 9_000, 'io.acme.Session': 900, 'net.acme.Cart': 90, 'java.util.HashMap$Node': 700 });
    const names = ['io.acme.Session', 'net.acme.Cart', '[B', 'java.util.HashMap$Node'];
    expect(told([before, now]).map(([name]) => name)).toEqual(names);
  });
  test('a class of one’s own that has hardly grown is not put before the half gigabyte that has', () => {
    const own = ['Config', 'Clock', 'Router', 'Metrics', 'Json', 'Main'].map((name) => `com.acme.${name}`);
    const before = histogram({ '[B': 2 ** 26, 'com.acme.Session': 800, ...Object.fromEntries(own.map((name) => [name, 48])) });
    const now = histogram({ '[B': 2 ** 29, 'com.acme.Session': 2 ** 20, ...Object.fromEntries(own.map((name) => [name, 96])) });
    expect(told([before, now]).map(([name]) => name)).toEqual(['com.acme.Session', '[B', ...own.sort()]);
  });
});

test('goroutines are told by the code that waits, not by runtime.gopark', async () => {
  const [before, now] = [await golden('goroutine.base'), await golden('goroutine.now')];
  const { rows, totals } = course([before, now], 3, 'own');
  expect(rows[0]).toMatchObject({ function: 'main.leakSelect', held: [0, 700], via: null });
  expect((totals[1] ?? 0) - (totals[0] ?? 0)).toBe(700);
  expect(course([before, now], 3).rows[0]?.function).toBe('runtime.gopark');
  const idle = heapOf({ 'runtime.gopark<net/http.(*persistConn).readLoop<runtime.goexit': 7 });
  expect(course([idle], 3, 'own').rows[0]?.function).toBe('net/http.(*persistConn).readLoop');
});

test.each(['shrink', 'recursion', 'stdlib', 'inline'])('%s: the same differences as two heaps have exactly', async (name) => {
  const [before, now] = [await golden(`${name}.base`), await golden(`${name}.now`)];
  const exact = heapGrowth(now, before)
    .rows.filter(({ flat }) => flat !== 0n)
    .map(({ function: called, flat }) => [called, Number(flat)]);
  const evidence = heapEvidence(course([before, now], 1e6), about());
  expect(evidence.rows.map(({ function: called, grown }) => [called, grown])).toEqual(exact);
});

test('rates are of one process: over a restart there is no such thing', () => {
  const [before, now] = [heapOf({ 'orders.Put<main': 2 ** 20 }, SAMPLED), heapOf({ 'orders.Put<main': 2 ** 26 }, SAMPLED)];
  const { rows, totalPerHour, leastTold } = heapEvidence(course([before, now]), about(), ({ file, line }) => `${file}#${line}`);
  expect(rows[0]).toMatchObject({ grown: 63 * 2 ** 20, link: '/src/app/cache.go#null' });
  expect((rows[0]?.perHour?.value ?? 0) * 4).toBeCloseTo(63 * 2 ** 20);
  expect(totalPerHour).toEqual(rows[0]?.perHour);
  expect((leastTold ?? 0) / 2 ** 20).toBeCloseTo(2.35);
  const other = heapEvidence(course([before, now]), about({ baseline: { is: 'other-process', why: 'restart', atMs: 1 } }));
  expect([other.totalPerHour, other.rows[0]?.perHour, other.rows[0]?.grown]).toEqual([null, null, 63 * 2 ** 20]);
});

test('who grew, in one name: the caller of a standard library, and nobody where sampling or the container says otherwise', () => {
  const grown = (mib: number) => {
    const stacks = (held: number) => heapOf({ 'bytes.growSlice<orders.Put<main': held * 2 ** 20 }, SAMPLED);
    return heapEvidence(course([stacks(1), stacks(1 + mib)]), about());
  };
  expect([whoGrew(grown(40)), whoGrew(grown(1)), whoGrew(grown(-1))]).toEqual(['orders.Put', undefined, undefined]);
  const outside = reconcile(
    { grownBytes: 2 ** 30, nowBytes: 2 ** 31 },
    { grownBytes: 40 * 2 ** 20, errorBytes: 0 },
    { is: 'allocator' },
  );
  expect(whoGrew({ ...grown(40), reconciliation: outside })).toBeUndefined();
  expect(whoGrew({ ...grown(40), takenAtMs: [1] })).toBeUndefined();
});
