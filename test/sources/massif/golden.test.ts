import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { growthBySite } from '../../../src/analysis/heap-sites.js';
import { BELOW_THRESHOLD } from '../../../src/model/massif.js';
import { cutLines } from '../../../src/sources/massif/cut-lines.js';
import { FileDecoder } from '../../../src/sources/massif/decode-file.js';
import { decodeHeap, eachNode } from '../../../src/sources/massif/decode-heap.js';
import { readMassif } from '../../../src/sources/massif/read-massif.js';
import { parseMsPrint, printTree } from '../../support/massif/ms-print.js';

const GOLDEN = 'test/golden/massif';
const cases = [GOLDEN, `${GOLDEN}/third_party`].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.startsWith('massif.out.'))
    .map((name) => [`${folder}/${name}`, `${folder}/${name.replace('massif.out.', 'ms_print.')}.txt`] as const),
);
/** Small chunks, so that lines lie across them. */
const open = (path: string) => createReadStream(path, { highWaterMark: 1_000 });
/** Each tree is walked at once: not only those that an answer needs. */
async function decodeAll(path: string) {
  const trees = new Map<number, { depth: number; bytes: number; label: string }[]>();
  const sums = new Map<number, { root: number; stacks: bigint; sites: bigint }>();
  const decoder = new FileDecoder((index, text) => {
    const nodes: { depth: number; bytes: number; label: string }[] = [];
    eachNode(text, (depth, { bytes }, label) => nodes.push({ depth, bytes, label }));
    trees.set(index, nodes);
    const heap = decodeHeap(text);
    const stacks = Array.from(heap.values[0] ?? [], BigInt).reduce((sum, value) => sum + value, 0n);
    const sites = growthBySite(heap, null).reduce((sum, { bytes }) => sum + bytes, 0n);
    sums.set(index, { root: nodes[0]?.bytes ?? -1, stacks, sites });
  });
  await cutLines(open(path), (bytes, from, to, isWhole) => decoder.take(bytes, from, to, isWhole));
  return { massif: decoder.end(), trees, sums };
}

describe('as ms_print has it', () => {
  test('all cases are there', () => expect(cases).toHaveLength(18));

  test.each(cases)('%s: every snapshot, every node, who has a tree, the peak', async (path, printed) => {
    const { massif, trees, sums } = await decodeAll(path);
    const expected = parseMsPrint(readFileSync(printed, 'latin1'));
    const rows = massif.snapshots.map(({ index, time, heapBytes, extraBytes, stackBytes }) => [
      ...[index, time, heapBytes + extraBytes + stackBytes, heapBytes, extraBytes, stackBytes],
    ]);
    expect(rows).toEqual(expected.rows);
    const detailed = massif.snapshots.filter(({ detail }) => detail !== 'empty').map(({ index }) => index);
    expect(detailed.map((index) => (index === massif.peak ? `${index} (peak)` : index)).join(', ')).toBe(expected.detailed);
    for (const [index, nodes] of trees) {
      const { heapBytes = 0, extraBytes = 0, stackBytes = 0 } = massif.snapshots[index] ?? {};
      const total = heapBytes + extraBytes + stackBytes;
      expect([index, ...printTree(nodes, total)]).toEqual([index, ...(expected.trees.get(index) ?? [])]);
    }
    expect([...trees.keys()]).toEqual([...expected.trees.keys()]);
    for (const { root, stacks, sites } of sums.values()) expect([stacks, sites]).toEqual([BigInt(root), BigInt(root)]);
  });
});

describe('who it was', () => {
  const grown = async (name: string) => {
    const { from, to } = await readMassif(open(`${GOLDEN}/massif.out.${name}`));
    const rows = to ? growthBySite(to.heap, from?.heap ?? null) : [];
    return { from: from?.index, to: to?.index, rows: rows.filter((row) => row.function !== BELOW_THRESHOLD) };
  };

  test.each([
    ['leak', 2, 78, { function: 'cache_put', file: 'leak.c', line: 5, bytes: 4_103_424n }],
    ['deep5', 6, 59, { function: 'rec', file: 'deep.c', line: 3 }],
    ['sites', 4, 79, { function: 'site_535_allocate_buffer', file: 'sites.c', line: 2038 }],
    ['sigterm', 1, 54, { function: 'session_new', file: 'slow.c', line: 5 }],
    // Mapped by hand; what malloc mapped is its caller's, four calls further out.
    ['mmap_pages', 9, 81, { function: 'arena', file: 'mmapper.c', line: 4, bytes: 11_530_240n }],
    // One tree alone: what is there.
    ['vgdb_live', undefined, 0, { function: 'session_new', file: 'slow.c', line: 5, bytes: 78_713_809n }],
  ])('%s', async (name, from, to, first) => {
    const answer = await grown(name);
    expect([answer.from, answer.to, answer.rows[0]]).toEqual([from, to, expect.objectContaining(first)]);
  });

  test('two snapshots that are asked for, also the other way round', async () => {
    const path = `${GOLDEN}/massif.out.leak`;
    const there = await readMassif(open(path), { from: 2, to: 6 });
    const back = await readMassif(open(path), { from: 6, to: 2 });
    const sum = ({ from, to }: typeof there) => (to && from ? growthBySite(to.heap, from.heap)[0]?.bytes : undefined);
    expect([there.from?.index, there.to?.index, back.from?.index, back.to?.index]).toEqual([2, 6, 6, 2]);
    expect(sum(there)).toBeGreaterThan(300_000n);
    const shrunk = back.to && back.from ? growthBySite(back.to.heap, back.from.heap).at(-1)?.bytes : 0n;
    expect(shrunk).toBe(-(sum(there) ?? 0n));
  });

  test('one that has no tree: which have', async () => {
    const read = (from: number) => readMassif(open(`${GOLDEN}/massif.out.peakfree`), { from });
    await expect(read(5)).rejects.toThrow('snapshot 5 has no tree. These have one: 4, 7, 16, 27, 36, 46, 52.');
    await expect(read(99)).rejects.toThrow('there is no snapshot 99: the last one is 60. These have one: 4');
  });
});
