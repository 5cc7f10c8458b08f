import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { HeapBytes } from '../../src/model/heap.js';
import type { HeapsBytes } from '../../src/model/heap-evidence.js';
import { placeName, shortName } from '../../src/render/function-names.js';
import { type HeapReaderOptions, makeHeapReader } from '../../src/sandbox/heap-reader.js';
import { buildScript } from '../support/draw-entry.js';
import { patient } from '../support/patience.js';
import { encode } from '../support/pprof/encode.js';

/** Does as its first byte says: hang, fill memory, die, tell its environment. */
const ODD_ENTRY = `
import { endWithParent } from './src/sandbox/end-with-parent.ts';
endWithParent(256);
process.on('message', async ({ id }) => {
  const [what] = String(await new Promise((resolve) => process.stdin.once('data', resolve)));
  if (what === 'h') for (;;);
  if (what === 'm') for (const held = [];;) held.push(Buffer.alloc(1 << 20, 1));
  if (what === 'd') process.exit(3);
  process.send({ id, which: 'base', refused: JSON.stringify(Object.keys(process.env)) });
});`;

const never = new AbortController().signal;
const pids: number[] = [];
let entry = '';
let oddEntry = '';

beforeAll(async () => {
  entry = await buildScript('heap-entry', "import './src/sandbox/heap-entry.ts';");
  oddEntry = await buildScript('odd-heap-entry', ODD_ENTRY);
});
afterEach(() => {
  const left = pids.splice(0).filter(isAlive);
  expect(left).toEqual([]);
});
afterAll(() => Promise.all([entry, oddEntry].map((file) => rm(file, { force: true }))));

const reader = (options: Partial<HeapReaderOptions> = {}) =>
  makeHeapReader({ entry, answerMs: 15_000, onStart: (pid) => pid && pids.push(pid), ...options });
const golden = (name: string) => readFileSync(`test/golden/pprof/${name}.pb.gz`);
const asked = (now: Uint8Array, change: Partial<HeapBytes> = {}): HeapBytes => ({
  ...{ now, base: null, measures: [null], by: 'flat', top: 3 },
  ...change,
});

test('a growth per measure, the ends of it only', async () => {
  const bytes = asked(golden('stdlib.now'), { base: golden('stdlib.base'), measures: [null, 'inuse_objects'] });
  const [space, objects] = await reader().read(bytes, never);
  expect([space?.measure.name, objects?.measure.name]).toEqual(['inuse_space', 'inuse_objects']);
  expect(space?.rows).toHaveLength(6);
  expect(space?.rows[0]).toMatchObject({
    function: 'encoding/json.(*decodeState).objectInterface',
    flat: 3_084_480n,
    at: { line: 1116 },
  });
  expect(space?.rows.at(-1)?.flat).toBe(-8n);
});

test.each([
  ['bytes that are none', asked(Buffer.from('<html>')), 'the heap is a web page'],
  [
    'an earlier one that is cut off',
    asked(golden('shrink.now'), { base: golden('shrink.base').subarray(0, 99) }),
    'the earlier heap is cut off',
  ],
  ['a measure that is not there', asked(golden('shrink.now'), { measures: ['cpu'] }), 'the heap has no cpu'],
  ['a bomb', asked(gzipSync(Buffer.alloc(2 ** 27))), 'the heap is refused'],
])('%s: the world, with a sentence', async (_, bytes, sentence) => {
  await expect(reader().read(bytes, never)).rejects.toMatchObject({ who: 'world', message: expect.stringContaining(sentence) });
});

test.each([
  ['hangs', 'h', 'the heap was not decoded in 3000 ms'],
  ['fills memory', 'm', 'the decoding child ended (SIGKILL)'],
  ['dies', 'd', 'the decoding child ended (3)'],
  ['tells what it sees of the environment: nothing', 'e', 'the earlier heap []'],
])('a child that %s', async (_, what, sentence) => {
  const from = performance.now();
  const odd = reader({ entry: oddEntry, answerMs: what === 'h' ? 3_000 : 15_000 });
  await expect(odd.read(asked(Buffer.from(what)), never)).rejects.toMatchObject({ who: 'world', message: sentence });
  expect(performance.now() - from).toBeLessThan(patient(14_000));
});

test('who stops waiting stops the child', async () => {
  const stop = new AbortController();
  const onStart = (pid: number | undefined) => {
    if (pid) pids.push(pid);
    setTimeout(() => stop.abort(new Error('enough')), 50);
  };
  const reading = reader({ entry: oddEntry, onStart });
  await expect(reading.read(asked(Buffer.from('h')), stop.signal)).rejects.toThrow('enough');
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('several heaps', () => {
  const several = (heaps: readonly Uint8Array[], change: Partial<HeapsBytes> = {}): HeapsBytes => ({
    ...{ heaps, measure: null, by: 'innermost', top: 2, stacks: 3 },
    ...change,
  });
  test('by function, oldest first; and the stacks that grew most from the first to the last', async () => {
    const { course, stacks } = await reader().course(
      several([golden('stdlib.base'), golden('stdlib.base'), golden('stdlib.now')]),
      never,
    );
    expect(course.totals).toHaveLength(3);
    // One function alone shrank.
    expect(course.rows).toHaveLength(3);
    const [first] = course.rows;
    expect(first?.function).toBe('encoding/json.(*decodeState).objectInterface');
    expect((first?.held[2] ?? 0) - (first?.held[0] ?? 0)).toBe(3_084_480);
    expect(stacks?.stacks).toHaveLength(3);
    expect(stacks?.frames[stacks.stacks[0]?.frames.at(-1) ?? -1]?.function).toBe(first?.function);
  });
  test('of another runtime, too', async () => {
    const histogram = (bytes: number) =>
      Buffer.from(
        ` num     #instances         #bytes  class name (module)\n   1:  3  ${bytes}  shop.Session\nTotal  3  ${bytes}\n`,
      );
    const { course, stacks } = await reader().course(several([histogram(72), histogram(4_096)], { stacks: 0 }), never);
    expect(course.rows).toEqual([expect.objectContaining({ function: 'shop.Session', held: [72, 4_096] })]);
    expect(stacks).toBeNull();
  });
  test('of a name of 5,000 letters the end is there, too: it is what was called', async () => {
    const name = `std::_Hashtable<${'std::pair<shop::Order, shop::Line>, '.repeat(140)}>::_M_insert_unique_node`;
    const file = `${'/deep'.repeat(900)}/hashtable.h`;
    const heap = encode({
      measures: [['inuse_space', 'bytes']],
      functions: [{ id: 1, name, file }],
      locations: [{ id: 1, lines: [[1, 7]] }],
      stacks: [{ locations: [1], values: [4_096] }],
    });
    const { course, stacks } = await reader().course(several([heap]), never);
    for (const one of [course.rows[0], stacks?.frames[0]]) {
      expect(shortName(one?.function ?? '', 44)).toMatch(/^.{1,21}…(?:.*::)?_M_insert_unique_node$/);
      expect(placeName(one?.file ?? '', 7)).toBe('hashtable.h:7');
      expect([one?.function.length, one?.file?.length]).toEqual([1_000, 1_000]);
    }
  });
  test('the one that is wrong is named', async () => {
    const bad = several([golden('stdlib.base'), golden('stdlib.now').subarray(0, 999), golden('stdlib.now')]);
    await expect(reader().course(bad, never)).rejects.toThrow('heap 2 of 3 is cut off');
    await expect(reader().course(several([Buffer.from('<html>')]), never)).rejects.toThrow('the heap is a web page');
    const other = several([golden('goroutine.now'), golden('stdlib.now')]);
    await expect(reader().course(other, never)).rejects.toThrow('cannot be compared');
  });
});
