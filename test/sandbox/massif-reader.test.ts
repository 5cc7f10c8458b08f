import { createReadStream, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import type { MassifReader } from '../../src/model/massif.js';
import { makeMassifReader } from '../../src/sandbox/massif-reader.js';

const ENTRY = 'dist/src/sandbox/heap-entry.js';
const { signal } = new AbortController();
const pids: (number | undefined)[] = [];
let reader: MassifReader;

beforeAll(() => {
  reader = makeMassifReader({ entry: ENTRY, onStart: (pid) => pids.push(pid) });
});

const golden = (name: string) => createReadStream(`test/golden/massif/${name}`) as AsyncIterable<Buffer>;
async function* texts(...parts: string[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}
const isGone = () => expect(() => process.kill(pids.at(-1) ?? 0, 0)).toThrow('ESRCH');

test('a file as it streams by: its curve, the two trees, and who grew, in a child that is gone afterwards', async () => {
  const { massif, from, to, course } = await reader.read(golden('massif.out.leak_ms'), 5, signal);
  expect(massif).toMatchObject({ timeUnit: 'ms', command: expect.stringContaining('leak') });
  expect([from, to].every((index) => massif.snapshots.some((one) => one.index === index && one.detail !== 'empty'))).toBe(true);
  expect(course?.rows[0]).toMatchObject({ function: 'cache_put', file: 'leak.c' });
  expect(course?.totals).toHaveLength(2);
  isGone();
});

test('what Massif had and what it was asked for just now, one behind the other, are one course', async () => {
  const [all, now] = ['leak_ms', 'vgdb_live'].map((name) => readFileSync(`test/golden/massif/massif.out.${name}`, 'utf8'));
  const unit = /^time_unit: (\w+)$/m;
  const later = (now ?? '').replace(unit, 'time_unit: ms').replace(/^time=\d+$/m, 'time=999999');
  const { massif, to } = await reader.read(texts(all ?? '', later), 5, signal);
  expect(massif.snapshots.at(-1)).toMatchObject({ time: 999_999, index: to });
  expect(massif.snapshots.map(({ index }) => index)).toEqual(
    massif.snapshots.map(({ index }) => index).toSorted((a, b) => a - b),
  );
});

test.each([
  ['nothing', [''], 'is empty'],
  ['no file of Massif’s', ['<html>'], 'is a web page'],
  ['a line of 2 MB', ['desc: ', 'x'.repeat(2 ** 21)], 'longer than 64 KiB'],
  ['a count of callers that is not to be believed', [HEAD(), 'n99999999: 1 (heap)\n'], 'more than 500000 nodes'],
  ['a negative size', [HEAD().replace('mem_heap_B=1', 'mem_heap_B=-1')], 'the file, line 8, is damaged'],
  ['a tree deeper than any', [HEAD(), ...Array.from({ length: 300 }, () => 'n1: 1 0x1: f (a.c:1)\n')], 'deeper than'],
])('%s is refused in words', async (_, parts, words) => {
  await expect(reader.read(texts(...parts), 5, signal)).rejects.toThrow(words);
  isGone();
});

function HEAD(): string {
  return 'desc: x\ncmd: x\ntime_unit: ms\n#-----------\nsnapshot=0\n#-----------\ntime=0\nmem_heap_B=1\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=detailed\n';
}

test('a file without an end is left in time', async () => {
  const brief = makeMassifReader({ entry: ENTRY, answerMs: 500, onStart: (pid) => pids.push(pid) });
  async function* endless(): AsyncGenerator<Buffer> {
    yield Buffer.from(HEAD());
    for (;;) {
      yield Buffer.from('\n'.repeat(1_000));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  await expect(brief.read(endless(), 5, signal)).rejects.toThrow('not read in 500 ms');
  isGone();
});
