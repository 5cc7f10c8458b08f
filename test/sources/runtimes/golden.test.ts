import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { heapCourse } from '../../../src/analysis/heap-course.js';
import { heapGrowth } from '../../../src/analysis/heap-growth.js';
import { heldByFunction } from '../../../src/analysis/heap-held.js';
import { LeakwatchError } from '../../../src/errors.js';
import { unsampled } from '../../../src/sources/mappings.js';
import { readAnyHeaps } from '../../../src/sources/read-any-heap.js';

const file = (path: string) => readFileSync(`test/golden/runtimes/${path}`);
const grown = async (now: Buffer, base: Buffer | null, measure?: string) => {
  const [heap, earlier] = await readAnyHeaps(now, base);
  return heapGrowth(heap, earlier, 'flat', measure);
};
/** Lines of numbers and a name behind them, as the expectations have them. */
const expected = (path: string) =>
  file(path)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ +/));

describe('what grew, in two takes each', () => {
  test('JVM: bytes and instances of each class', async () => {
    const [now, base] = [file('jvm/class_histogram.2.txt'), file('jvm/class_histogram.1.txt')];
    const [bytes, instances] = [await grown(now, base), await grown(now, base, 'instances')];
    const more = new Map(instances.rows.map((row) => [row.function, row.flat]));
    const [held] = await readAnyHeaps(now, null);
    const all = new Map(heapGrowth(held, null).rows.map((row) => [row.function, row.flat]));
    const rows = bytes.rows.filter(({ flat }) => flat > 0n);
    expect(rows.map((row) => [row.flat, more.get(row.function) ?? 0n, all.get(row.function), row.function].map(String))).toEqual(
      expected('jvm/diff.expected.txt'),
    );
  });

  test('Node: what is alive of what was allocated, by function, with what it calls and its line', async () => {
    const { rows } = await grown(file('node/sampling.2.json'), null);
    const said = rows.map(({ function: name, flat, cum, at }) => [
      String(flat),
      String(cum),
      name,
      at ? `${at.file}:${at.line}` : '',
    ]);
    const wanted = expected('node/sampling.2.expected.txt').map(([flat, cum, name]) => [flat, cum, name]);
    expect(said.map((row) => row.slice(0, 3)).sort()).toEqual(wanted.sort());
    expect(said[0]).toEqual(['15232096', '16871296', '(anonymous)', '/app/leak.js:6']);
  });

  test('tcmalloc: as go tool pprof has it without symbols', async () => {
    const { rows, baseTotal, grown: more } = await grown(file('native/tcmalloc.now.heap'), file('native/tcmalloc.base.heap'));
    expect(rows.map(({ function: name, flat, cum }) => [name, flat, cum])).toEqual([
      ['[leak]', 3_744_833n, 3_744_833n],
      ['[libc.so.6]', 0n, 3_744_833n],
    ]);
    // 902.01% of 0.40MB, it prints.
    expect(((100 * Number(more)) / Number(baseTotal)).toFixed(2)).toBe('902.01');
  });

  test('jemalloc: everything that it counted; its own calls are nobody’s', async () => {
    const { rows } = await grown(file('native/jemalloc.heap_v2'), null);
    expect(rows.slice(0, 2).map(({ function: name, flat }) => [name, flat])).toEqual([
      ['[leak]', 4_480_000n],
      ['[libstdc++.so.6.0.30]', 81_920n],
    ]);
  });

  test('Python: by type', async () => {
    const { rows } = await grown(file('python/gc_hist.2.txt'), file('python/gc_hist.1.txt'));
    expect(rows.slice(0, 3).map(({ function: name, flat }) => [name, flat])).toEqual([
      ['builtins.list', 3_499_552n],
      ['__main__.Session', 907_200n],
      ['builtins.dict', 754_960n],
    ]);
  });

  test('Python: a class that was made in a function may hold most', async () => {
    const [base, now] = [1, 2].map((times) =>
      Buffer.from(`  ${907_200 * times}   8100 app.make.<locals>.Session\r\n 48 1 builtins.dict\r\n`),
    );
    const { rows } = await grown(now ?? Buffer.alloc(0), base ?? null);
    expect(rows[0]).toMatchObject({ function: 'app.make.<locals>.Session', flat: 907_200n });
  });

  test('zipped they say the same; two kinds cannot be compared', async () => {
    const [jvm, node] = [file('jvm/class_histogram.1.txt'), file('node/sampling.1.json')];
    expect(await grown(gzipSync(jvm), null)).toEqual(await grown(jvm, null));
    await expect(readAnyHeaps(jvm, node)).rejects.toThrow('is not a class histogram of a JVM, as the other one is');
  });
});

test('a sample stands for more than itself: small blocks are seen seldom, large ones always', () => {
  expect(unsampled(10, 640, 1)).toEqual([10, 640]);
  expect(unsampled(0, 0, 524_288)).toEqual([0, 0]);
  // 64 bytes of 512 KiB: one in 8,192 (and a half, for the exponential).
  expect(unsampled(1, 64, 524_288)).toEqual([8_193, 524_320]);
  expect(unsampled(3, 3 * 2 ** 24, 524_288)).toEqual([3, 3 * 2 ** 24]);
  expect(() => unsampled(2 ** 52, 1, 524_288)).toThrow('more memory than there is');
});

test('how a dump was sampled goes with it: growth that may be two samples is not told as one', async () => {
  // As jemalloc writes it unless it is told otherwise: one byte in 512 KiB.
  const dump = (mib: number) =>
    Buffer.from(`heap_v2/524288\n  t*: 1: ${mib * 2 ** 20} [0: 0]\n@ 0x1\n  t*: 1: ${mib * 2 ** 20} [0: 0]\n`);
  const heaps = await Promise.all([dump(8), dump(9)].map(async (bytes) => (await readAnyHeaps(bytes, null))[0]));
  const course = (of: typeof heaps) =>
    heapCourse(
      of.map((heap) => heldByFunction(heap, 'innermost')),
      9,
    );
  expect(course(heaps).sampledEvery).toBe(524_288);
  const tcmalloc = (rate: string) => Buffer.from(`heap profile: 1: 9 [1: 9] @ ${rate}\n1: 9 [1: 9] @ 0x1\n`);
  const [sampled] = await readAnyHeaps(tcmalloc('heap_v2/1048576'), null);
  const [all] = await readAnyHeaps(tcmalloc('heapprofile'), null);
  expect([course([sampled]).sampledEvery, course([all]).sampledEvery]).toEqual([1_048_576, null]);
  // It was set to look at less, or at all, in between: as far as the coarser one can tell.
  expect([course([sampled, all]).sampledEvery, course([sampled, ...heaps]).sampledEvery]).toEqual([1_048_576, 1_048_576]);
});

describe('cut off anywhere, or a number changed: said, or the same', () => {
  test.each(['jvm/class_histogram.1.txt', 'node/sampling.1.json', 'native/tcmalloc.base.heap', 'native/jemalloc.heap_v2'])(
    '%s',
    async (path) => {
      const whole = file(path);
      const { total } = await grown(whole, null);
      // Behind this are only mappings: without them names are missing, no bytes.
      const stacks = whole.indexOf('MAPPED_LIBRARIES');
      const end = stacks < 0 ? whole.length : stacks;
      for (let at = 0; at < end; at += Math.ceil(end / 150)) {
        const answer = await grown(whole.subarray(0, at), null).catch((error) => error);
        if (answer instanceof Error) expect(answer).toBeInstanceOf(LeakwatchError);
        else expect(answer.total).toBe(total);
      }
      const other = Buffer.from(
        whole.toString().replace(/(\n *\d+: +\d+ +|selfSize":|t\*: \d+: |heap profile: +\d+: +)(\d)/, '$19$2'),
      );
      const changed = await grown(other, null).catch((error) => error.message);
      if (path.startsWith('node')) expect(changed).toMatchObject({ measure: { name: 'space' } });
      else expect(changed).toMatch(/damaged/);
    },
  );
});
