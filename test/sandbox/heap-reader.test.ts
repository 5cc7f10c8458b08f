import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { HeapBytes } from '../../src/model/heap-reading.js';
import { type HeapReaderOptions, makeHeapReader } from '../../src/sandbox/heap-reader.js';
import { buildScript } from '../support/draw-entry.js';

/** Does as its first byte says: hang, fill memory, die, tell its environment. */
const ODD_ENTRY = `
import { endWithParent } from './src/sandbox/end-with-parent.ts';
endWithParent(256);
process.on('message', ({ id, heaps }) => {
  const [what] = Buffer.from(heaps.at(-1)).toString();
  if (what === 'h') for (;;);
  if (what === 'm') for (const held = [];;) held.push(Buffer.alloc(1 << 20, 1));
  if (what === 'd') process.exit(3);
  process.send({ id, which: 0, refused: JSON.stringify(Object.keys(process.env)) });
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
const asked = (...heaps: Uint8Array[]): HeapBytes => ({ heaps, top: 3 });

test('a course of heaps, the ends of it only', async () => {
  const { measure, totals, rows, sampledEvery } = await reader().read(asked(golden('stdlib.base'), golden('stdlib.now')), never);
  expect([measure.name, totals.length, sampledEvery]).toEqual(['inuse_space', 2, 1]);
  expect(rows).toHaveLength(6);
  expect(rows[0]).toMatchObject({ function: 'encoding/json.(*decodeState).objectInterface', line: 1116 });
  expect((rows[0]?.held[1] ?? 0) - (rows[0]?.held[0] ?? 0)).toBe(3_084_480);
});

test.each([
  ['bytes that are none', asked(Buffer.from('<html>')), 'the heap is a web page'],
  [
    'an earlier one that is cut off',
    asked(golden('shrink.base').subarray(0, 99), golden('shrink.now')),
    'the earlier heap is cut off',
  ],
  ['one that counts something else', asked(golden('shrink.base'), golden('goroutine.now')), 'cannot be compared'],
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
  await expect(odd.read(asked(Buffer.from('an earlier one'), Buffer.from(what)), never)).rejects.toMatchObject({
    who: 'world',
    message: sentence,
  });
  expect(performance.now() - from).toBeLessThan(14_000);
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
