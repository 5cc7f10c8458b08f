import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { grownStacks } from '../../src/analysis/grown-stacks.js';
import { heapGrowth } from '../../src/analysis/heap-growth.js';
import { speedscopeFile } from '../../src/analysis/speedscope.js';
import type { Heap } from '../../src/model/heap.js';
import { readHeaps } from '../../src/sources/pprof/read-heap.js';
import { heapOf } from '../support/heap-of.js';

type File = {
  readonly shared: { readonly frames: { readonly name: string; readonly file?: string }[] };
  readonly profiles: {
    readonly samples: number[][];
    readonly weights: number[];
    readonly endValue: number;
    readonly unit: string;
  }[];
};
const isFile = new Ajv({ strict: false }).compile<File>(
  JSON.parse(readFileSync('test/golden/speedscope/file-format-schema.json', 'utf8')),
);

function opened(now: Heap, base: Heap | null, most = 1_000) {
  const text = speedscopeFile(grownStacks(now, base, most), 'api-svc');
  if (text === null) return null;
  const file: unknown = JSON.parse(text);
  if (!isFile(file)) throw new Error(JSON.stringify(isFile.errors));
  const [profile] = file.profiles;
  if (!profile) throw new Error('no profile');
  // What speedscope checks beside its schema.
  expect(profile.weights).toHaveLength(profile.samples.length);
  expect(profile.weights.every((weight) => weight > 0)).toBe(true);
  const stacks = profile.samples.map((frames, i) => [
    frames.map((frame) => file.shared.frames[frame]?.name).join(' > '),
    profile.weights[i],
  ]);
  return { ...profile, stacks, frames: file.shared.frames };
}
const pair = async (name: string) => {
  const [now, base] = await readHeaps(
    ...([`now`, `base`].map((which) => readFileSync(`test/golden/pprof/${name}.${which}.pb.gz`)) as [Buffer, Buffer]),
  );
  if (!base) throw new Error('no base');
  return { now, base };
};

describe('growth only', () => {
  const base = heapOf({ 'Put<handle<main': 10, 'parse<handle<main': 500, 'once<main': 64 });
  const now = heapOf({ 'Put<handle<main': 400, 'parse<handle<main': 90, 'once<main': 64, 'new<main': 5 });
  test('stacks that grew, outermost first; what shrank is not there', () => {
    expect(opened(now, base)).toMatchObject({
      unit: 'bytes',
      endValue: 395,
      stacks: [
        ['main > handle > Put', 390],
        ['main > new', 5],
      ],
    });
  });
  test('what is left out is a box of its own', () => {
    expect(opened(now, base, 1)?.stacks).toEqual([
      ['main > handle > Put', 390],
      ['smaller growth, left out', 5],
    ]);
  });
  test('one heap: all that it holds', () => expect(opened(now, null)?.endValue).toBe(559));
  test('a line that moved is no growth; a function is one box', () => {
    const moved = heapOf({ 'Put<handle<main': 10, 'parse<handle<main': 500, 'once<main': 64 });
    const lines = Uint32Array.from(moved.sites.lines, (line) => line + 3);
    expect(opened({ ...moved, sites: { ...moved.sites, lines } }, base)).toBeNull();
    expect(opened(now, base)?.frames.map(({ name }) => name)).toEqual(['main', 'handle', 'Put', 'new']);
  });
  test('a weight below zero is never written, wherever it comes from', () => {
    const grown = grownStacks(now, base, 10);
    const text = speedscopeFile({ ...grown, stacks: [...grown.stacks, { frames: [0], grown: -5 }] }, 'api-svc');
    expect(text).toBe(speedscopeFile(grown, 'api-svc'));
  });
  test('goroutines are numbers without a unit', async () => {
    const goroutines = await pair('goroutine');
    expect(opened(goroutines.now, goroutines.base)).toMatchObject({ unit: 'none', endValue: 700 });
  });
});

test.each(['stdlib', 'shrink', 'recursion', 'inline', 'syn_reloc', 'syn_cpp_rust'])(
  '%s: it opens, and holds as much as grew',
  async (name) => {
    const { now, base } = await pair(name);
    const stacks = grownStacks(now, base, 1e6);
    const file = opened(now, base, 1e6);
    const { grown } = heapGrowth(now, base);
    const growth = stacks.stacks.reduce((sum, stack) => sum + stack.grown, 0);
    expect(file?.endValue ?? 0).toBe(growth);
    // All growth less all that shrank is what the heap grew by.
    const shrunk = grownStacks(base, now, 1e6).stacks.reduce((sum, stack) => sum + stack.grown, 0);
    expect(BigInt(growth - shrunk)).toBe(grown);
  },
);
