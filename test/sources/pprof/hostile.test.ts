import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { heapGrowth } from '../../../src/analysis/heap-growth.js';
import { LIMITS } from '../../../src/sources/pprof/limits.js';
import { readHeaps } from '../../../src/sources/pprof/read-heap.js';
import { patient } from '../../support/patience.js';
import { type Drawn, encode, message, number, varint } from '../../support/pprof/encode.js';

/** Far more than any of it takes alone; what is not linear takes minutes. */
const SOON_MS = patient(15_000);
const MIB = 2 ** 20;

const SMALL: Drawn = {
  measures: [['inuse_space', 'bytes']],
  stacks: [{ locations: [1, 2], values: [8] }],
  locations: [
    { id: 1, mapping: 1, lines: [[1, 10]] },
    { id: 2, mapping: 1, lines: [[2, 20]] },
  ],
  functions: [
    { id: 1, name: 'main.leak' },
    { id: 2, name: 'main.main' },
  ],
  mappings: [{ id: 1, file: '/app' }],
};
const small = (change: Partial<Drawn>) => encode({ ...SMALL, ...change });
const TWO = { ...SMALL.stacks[0], locations: [1, 2] };

async function rowsOf(bytes: Buffer) {
  const [heap] = await readHeaps(bytes, null);
  return heapGrowth(heap, null);
}

async function refusal(bytes: Buffer): Promise<string> {
  const from = performance.now();
  const error = await readHeaps(bytes, null).then(
    () => new Error('it was accepted'),
    (reason: Error) => reason,
  );
  expect(error).toMatchObject({ who: 'person' });
  expect(performance.now() - from).toBeLessThan(SOON_MS);
  return error.message;
}

test('the small one is right', async () => {
  expect((await rowsOf(encode(SMALL))).rows.map(({ function: name, flat, cum }) => [name, flat, cum])).toEqual([
    ['main.leak', 8n, 8n],
    ['main.main', 0n, 8n],
  ]);
});

test.each([
  ['a location that is not there', { stacks: [{ locations: [1, 3], values: [8] }] }, 'there is no location 3'],
  ['a function that is not there', { locations: [{ id: 1, lines: [[9, 1]] }] }, 'there is no function 9'],
  ['a line without a function', { locations: [{ id: 1, lines: [[0, 1]] }] }, 'a line of code has no function'],
  ['a mapping that is not there', { mappings: [] }, 'there is no mapping 1'],
  ['two locations with one id', { locations: [...SMALL.locations, { id: 1, lines: [] }] }, 'two locations have the id 1'],
  [
    'two functions with one id of 64 bits',
    { functions: [2n ** 63n, 2n ** 63n].map((id) => ({ id, name: 'f' })) },
    'two functions have the id 9223372036854775808',
  ],
  ['the id 0', { functions: [{ id: 0, name: 'f' }] }, 'a function has the id 0'],
  ['too few values', { measures: [...SMALL.measures, ['b', 'c']] }, 'a stack has 1 values, and 2 are counted'],
  ['too many values', { stacks: [{ locations: [1], values: [1, 2] }] }, 'a stack has 2 values, and 1 are counted'],
  ['nothing that is counted', { measures: [], stacks: [] }, 'it does not say what it counts'],
  [
    'a stack that is too deep',
    { stacks: [{ locations: Array(LIMITS.depth + 1).fill(1), values: [1] }] },
    'a stack of more than 4096 calls',
  ],
] satisfies [string, Partial<Drawn>, string][])('%s', async (_, change, sentence) => {
  expect(await refusal(small(change))).toContain(sentence);
});

test.each([
  [
    'a text that is not there',
    Buffer.concat([encode(SMALL), message(5, number(1, 9), number(2, 99))]),
    'there is no text 99, only 6',
  ],
  [
    'a label of it too',
    Buffer.concat([encode(SMALL), message(2, message(1, varint(1)), message(2, varint(1)), message(3, number(1, 77)))]),
    'there is no text 77',
  ],
  ['two profiles, one behind the other', Buffer.concat([small({ timeNanos: 5 }), small({ timeNanos: 6 })]), 'two profiles'],
  [
    'a number of 200 KB',
    Buffer.concat([encode(SMALL), varint(8 * 12), Buffer.alloc(200_000, 0xff)]),
    'a number of more than ten bytes',
  ],
  [
    'a number of 65 bits',
    Buffer.concat([encode(SMALL), varint(8 * 12), Buffer.alloc(9, 0xff), Buffer.from([2])]),
    'a number of more than 64 bits',
  ],
  [
    'a message longer than the file',
    Buffer.concat([encode(SMALL), varint(8 * 2 + 2), varint(2n ** 62n)]),
    'bytes are announced and 0 are there',
  ],
  ['a group, which nobody writes', Buffer.concat([encode(SMALL), varint(8 * 2 + 3)]), 'a value of kind 3'],
  ['nothing', Buffer.alloc(0), 'is empty'],
  ['20 M empty stacks', Buffer.alloc(40 * MIB, Buffer.from([0x12, 0])), 'field 2 is empty'],
  ['3 M stacks', Buffer.alloc(15 * MIB, message(2, message(2, varint(1)))), 'more than 2097152 stacks'],
  ['5 M texts', Buffer.concat([encode(SMALL), Buffer.alloc(10 * MIB, Buffer.from([0x32, 0]))]), 'more than 2097152 texts'],
  [
    'a text of 2 MiB',
    small({
      functions: [
        { id: 1, name: 'x'.repeat(2 * MIB) },
        { id: 2, name: 'y' },
      ],
    }),
    'a text of 2097152 bytes',
  ],
  ['65 MiB', Buffer.alloc(65 * MIB), 'more than 64 MiB'],
  ['a bomb that says so', gzipSync(Buffer.alloc(70 * MIB)), 'more than 64 MiB, or more than 200 times'],
  ['a bomb that lies', lying(gzipSync(Buffer.alloc(70 * MIB))), 'more than 64 MiB, or more than 200 times'],
  ['zipped twice', gzipSync(gzipSync(encode(SMALL))), 'is gzipped twice'],
  ['gzip that is cut off', gzipSync(encode(SMALL)).subarray(0, -9), 'is cut off'],
  ['gzip that is damaged', damagedZip(), 'is damaged'],
  ['a web page', Buffer.from('<!doctype html><title>Sign in</title>'), 'is a web page'],
  ['JSON', Buffer.from('{"error":"no"}'), 'is JSON'],
  ['the text form', readFileSync('test/golden/pprof/heap.debug1.txt'), 'take it without ?debug='],
  ['the text form of goroutines', readFileSync('test/golden/pprof/goroutine.now.debug1.txt'), 'take it without ?debug='],
])('%s', async (_, bytes, sentence) => {
  expect(await refusal(bytes)).toContain(sentence);
});

/** Small as a file, and endless when it is spread out. */
describe('stacks that unfold', () => {
  const unfolding = (lineCount: number, stackCount: number) => {
    const lines = Array.from({ length: lineCount }, () => [1, 1] as const);
    const stacks = Array.from({ length: stackCount }, () => ({ locations: [1], values: [1] }));
    return encode({ ...SMALL, stacks, locations: [{ id: 1, lines }] });
  };
  test('a location that stands for 100,000 calls', async () => {
    expect(await refusal(unfolding(100_000, 1))).toContain('a stack of more than 4096 calls');
  });
  test('one that stands for 4,000, in 10,000 stacks', async () => {
    const bytes = unfolding(4_000, 10_000);
    expect(bytes.length).toBeLessThan(MIB);
    expect(await refusal(bytes)).toContain(`more than ${LIMITS.frames} calls in all stacks`);
  });
});

test('an expression that would run for ever elsewhere drops frames, or nothing, in no time', async () => {
  const functions = [
    { id: 1, name: `${'a'.repeat(5_000)}!` },
    { id: 2, name: 'main.main' },
  ];
  const from = performance.now();
  const { rows } = await rowsOf(
    small({ functions, stacks: [TWO].map(({ locations }) => ({ locations, values: [8] })), dropFrames: '(a+)+' }),
  );
  expect(rows).toHaveLength(2);
  expect(performance.now() - from).toBeLessThan(SOON_MS);
  expect((await rowsOf(small({ dropFrames: '(' }))).rows).toHaveLength(2);
  expect((await rowsOf(small({ dropFrames: 'main\\.leak' }))).rows.map(({ flat }) => flat)).toEqual([8n]);
  expect(await refusal(small({ dropFrames: 'x'.repeat(5_000) }))).toContain('drop_frames of 5000 characters');
});

describe.each(['syn_labels', 'syn_reloc', 'syn_cpp_rust'])('%s, cut anywhere', (name) => {
  const packed = readFileSync(`test/golden/pprof/${name}.now.pb.gz`);
  const bytes = gunzipSync(packed);
  test('an error, or the right figures: never others', async () => {
    const whole = await rowsOf(bytes);
    let refused = 0;
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = await rowsOf(bytes.subarray(0, length)).catch(() => null);
      if (cut) expect({ length, rows: cut.rows, total: cut.total }).toEqual({ length, rows: whole.rows, total: whole.total });
      else refused += 1;
    }
    expect(refused).toBeGreaterThan(bytes.length / 2);
    for (let length = 0; length < packed.length; length += 1) await refusal(packed.subarray(0, length));
  });
});

test('values to the ends of 64 bits, exactly', async () => {
  const stacks = [2n ** 63n - 1n, 2n ** 62n, 1n, -(2n ** 63n)].map((value, i) => ({
    locations: i % 2 ? [2] : [1, 2],
    values: [value],
  }));
  const { rows, total, grown } = await rowsOf(small({ stacks }));
  expect(rows.map(({ function: name, flat, cum }) => [name, flat, cum])).toEqual([
    ['main.leak', 2n ** 63n, 2n ** 63n],
    ['main.main', -(2n ** 62n), 2n ** 62n],
  ]);
  expect([total, grown]).toEqual([2n ** 64n + 2n ** 62n, 2n ** 62n]);
});

/** The last four bytes of gzip are how large it is. */
function lying(zipped: Buffer): Buffer {
  const liar = Buffer.from(zipped);
  liar.writeUInt32LE(100, liar.length - 4);
  return liar;
}

function damagedZip(): Buffer {
  const zipped = gzipSync(encode(SMALL));
  zipped[zipped.length - 6] = (zipped[zipped.length - 6] ?? 0) ^ 1;
  return zipped;
}
