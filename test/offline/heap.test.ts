import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import { sizeWords } from '../../src/offline/heap-words.js';
import { harmlessName } from '../../src/offline/problem.js';
import { type Drawn, encode } from '../support/pprof/encode.js';
import { parseTop } from '../support/pprof/go-top.js';

/** `leakwatch heap` as it is built, in a process of its own. */
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-heap-'));
afterAll(() => rmSync(folder, { recursive: true }));
const GOLDEN = 'test/golden/pprof';
const MASSIF = 'test/golden/massif/massif.out.leak';
const [NOW, BASE] = [`${GOLDEN}/shrink.now.pb.gz`, `${GOLDEN}/shrink.base.pb.gz`];

async function heap(args: readonly string[], input: Buffer = Buffer.alloc(0)) {
  const child = spawn(process.execPath, ['dist/src/cli.js', 'heap', ...args], { stdio: 'pipe' });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  // It may end before it has read all.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, output, errors };
}

function file(name: string, bytes: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('JSON', () => {
  test('every row, signed, in the form that is promised; plain, zipped, from standard input', async () => {
    const { code, output, errors } = await heap([NOW, '--base', BASE, '--sample', 'inuse_space', '--json']);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const answer = JSON.parse(output);
    expect(Object.keys(answer)).toEqual(['sampleType', 'unit', 'total', 'baseTotal', 'rows']);
    expect(answer).toMatchObject({ sampleType: 'inuse_space', unit: 'bytes' });
    expect(Object.keys(answer.rows[0])).toEqual(['function', 'flat', 'cum']);
    const golden = parseTop(readFileSync(`${GOLDEN}/expected/shrink.diff.inuse_space.flat.full.txt`, 'utf8'));
    expect(answer.rows).toHaveLength(golden.rows.length);
    expect(answer.rows[0].flat).toBeGreaterThan(0);
    expect(answer.rows.at(-1).flat).toBeLessThan(0);
    const plain = file('now.pb', gunzipSync(readFileSync(NOW)));
    for (const [args, input] of [
      [[plain, '--base', BASE], undefined],
      [['-', '--base', BASE], readFileSync(NOW)],
      [[NOW, '--base', '-'], gunzipSync(readFileSync(BASE))],
    ] as const) {
      expect((await heap([...args, '--json'], input)).output).toBe(output);
    }
  });
  test('one heap: no base total, the usual measure; by cum, and so many rows', async () => {
    const { output } = await heap([NOW, '--json', '--by', 'cum', '--top', '2']);
    const answer = JSON.parse(output);
    expect(answer).toMatchObject({ sampleType: 'inuse_space', baseTotal: null });
    expect(answer.rows).toHaveLength(2);
    expect(answer.rows[0].cum).toBeGreaterThanOrEqual(answer.rows[1].cum);
  });
  test('nothing in it', async () => {
    const { code, output } = await heap([`${GOLDEN}/syn_empty.now.pb.gz`, '--json']);
    expect({ code, answer: JSON.parse(output) }).toMatchObject({ code: 0, answer: { total: 0, rows: [] } });
  });
  test('digits above 2^53 are all there', async () => {
    const drawn: Drawn = {
      measures: [['space', 'bytes']],
      stacks: [{ locations: [1], values: [2n ** 53n + 1n] }],
      locations: [{ id: 1, lines: [[1, 1]] }],
      functions: [{ id: 1, name: 'f' }],
    };
    expect((await heap([file('large.pb', encode(drawn)), '--json'])).output).toContain('"flat":9007199254740993');
  });
});

describe('the table', () => {
  test('growth first, with its share and the line of code; how much it was and is', async () => {
    const { output } = await heap([`${GOLDEN}/inline.now.pb.gz`, '--base', `${GOLDEN}/inline.base.pb.gz`, '--top', '1']);
    const rows = output.split('\n').slice(2, 4);
    expect(rows).toEqual(['     flat  share        cum  function', '+1.32 MiB   99 %  +1.32 MiB  main.inlLeaf  main.go:53']);
  });
  test('what shrank apart, without shares where all together is less', async () => {
    const { code, output, errors } = await heap([NOW, '--base', BASE, '--top', '3']);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const [title = '', , header = '', ...rows] = output.split('\n');
    expect(title).toMatch(
      /shrink\.now\.pb\.gz since .*shrink\.base\.pb\.gz: inuse_space [+-][\d.]+ [KM]iB \([\d.]+ [KM]iB → [\d.]+ [KM]iB\)$/,
    );
    expect(header).toMatch(/^ +flat +cum {2}function$/);
    expect(rows[0]).toMatch(/^ *\+[\d.]+ [KM]?i?B +[+-][\d.]+ [KM]?i?B {2}\S+ {2}\w+\.go:\d+$/);
    expect(output).toMatch(/\nShrank most:\n/);
    expect(output).toMatch(/\n\d+ more functions: --top \d+, or --json\n$/);
  });
  test('names from outside do nothing to a terminal', async () => {
    const drawn: Drawn = {
      measures: [['space', 'bytes']],
      stacks: [{ locations: [1], values: [5] }],
      locations: [{ id: 1, lines: [[1, 1]] }],
      functions: [{ id: 1, name: `\u001b[2J\u202eevil${'x'.repeat(999)}` }],
    };
    const { output } = await heap([file('evil.pb', encode(drawn))]);
    expect(output).toContain('?[2J?evilxxx');
    expect(output.length).toBeLessThan(400);
  });
  test('sizes', () => {
    expect([0n, 1_023n, 1_024n, -12_345n, 5n << 40n].map((value) => sizeWords(value, 'bytes'))).toEqual([
      '0 B',
      '1023 B',
      '1 KiB',
      '-12.1 KiB',
      '5 TiB',
    ]);
    expect([sizeWords(700n, 'count', 'signed'), sizeWords(1_500_000n, 'nanoseconds'), sizeWords(3n, 'bananas')]).toEqual([
      '+700',
      '1.5 ms',
      '3 bananas',
    ]);
  });
});

describe('one sentence that says which and what, exit 2', () => {
  const cut = file('cut.pb.gz', readFileSync(NOW).subarray(0, -20));
  const page = file('page.html', '<html>no</html>');
  test.each([
    ['a file that is not there', ['nowhere.pb'], 'nowhere.pb: there is no such file.'],
    ['a folder', [folder], `${folder}: is a directory, not a file.`],
    ['nothing', [file('empty', '')], `${join(folder, 'empty')}: is empty.`],
    ['a file that is cut off', [cut], `${cut}: is cut off: its gzip data ends in the middle.`],
    [
      'the earlier one is a web page',
      [NOW, '--base', page],
      `${page}: is a web page, not a profile: the address is another one, or asks for a password.`,
    ],
    [
      'a measure that is not there',
      [NOW, '--sample', 'cpu'],
      `${NOW}: has no cpu: it counts alloc_objects, alloc_space, inuse_objects, inuse_space.`,
    ],
    ['two of different kinds', [NOW, '--base', `${GOLDEN}/goroutine.base.pb.gz`], `${NOW}: cannot be compared: `],
    ['standard input twice', ['-', '--base', '-'], 'standard input can be only one of the two.'],
    ['too large', [file('large', Buffer.alloc(2 ** 26 + 1))], `${join(folder, 'large')}: is refused: more than 64 MiB.`],
    ['a bomb', [file('bomb', gzipSync(Buffer.alloc(2 ** 27)))], `${join(folder, 'bomb')}: is refused: `],
  ])('%s', async (_, args, sentence) => {
    const { code, output, errors } = await heap(args);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors.startsWith(`leakwatch: ${sentence}`)).toBe(true);
    expect(errors.trimEnd().split('\n')).toHaveLength(1);
  });
  test.each([[[]], [[NOW, '--by', 'size']], [[NOW, '--top', '0']], [[NOW, '--nonsense']]])('arguments: %j', async (args) => {
    expect(await heap(args)).toMatchObject({ code: 2, output: '', errors: expect.stringMatching(/^error: /) });
  });
});

describe('three heaps and more', () => {
  const taken = (hour: number, bytes: number, calm = 5_000_000): Buffer =>
    encode({
      measures: [['inuse_space', 'bytes']],
      stacks: [
        { locations: [1, 2], values: [bytes] },
        { locations: [3, 2], values: [calm] },
      ],
      locations: [1, 2, 3].map((id) => ({ id, lines: [[id, 10 * id]] as const })),
      functions: [
        { id: 1, name: 'bytes.growSlice', file: '/go/src/bytes/buffer.go' },
        { id: 2, name: 'shop/orders.Put', file: '/src/orders/put.go' },
        { id: 3, name: 'main.calm', file: '/src/main.go' },
      ],
      period: ['space', 'bytes', 524_288],
      timeNanos: BigInt(hour) * 3_600_000_000_000n + 1_795_000_000_000_000_000n,
    });
  const [a, b, c] = [0, 1, 3].map((hour) => file(`hour-${hour}.pb`, taken(hour, 2 ** 20 * (10 + 18 * hour))));
  if (!a || !b || !c) throw new Error('no files');

  test('how fast each grows, with a range; in the order of their times', async () => {
    const { code, output, errors } = await heap([c, a, b]);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const [title, , , row] = output.split('\n');
    expect(title).toBe('3 heaps over 3 h: inuse_space 14.8 MiB → 32.8 MiB → 68.8 MiB');
    expect(row).toMatch(/^ *\+54 MiB {2}\+18 MiB ± 3\.\d+ MiB {2}bytes\.growSlice {2}by shop\/orders\.Put {2}put\.go:20$/);
    expect(output).not.toContain('calm');
  });
  test('as JSON', async () => {
    const answer = JSON.parse((await heap([a, b, c, '--json'])).output);
    expect(Object.keys(answer)).toEqual(['sampleType', 'unit', 'takenAtMs', 'totals', 'rows']);
    expect(answer.rows).toEqual([
      {
        function: 'bytes.growSlice',
        held: [10, 28, 64].map((mib) => mib * 2 ** 20),
        perHour: expect.objectContaining({ value: 18 * 2 ** 20 }),
      },
    ]);
    expect(answer.takenAtMs[2] - answer.takenAtMs[0]).toBe(3 * 3_600_000);
  });
  test.each([
    ['a damaged one is named', [a, file('damaged.pb', taken(5, 1).subarray(0, 60)), b], 'damaged.pb: is damaged'],
    ['a base', [a, b, '--base', c], '--base is for one file'],
    ['cum', [a, b, '--by', 'cum'], '--by cum is for one file or two'],
    ['two of different kinds', [a, `${GOLDEN}/goroutine.now.pb.gz`], 'cannot be compared'],
    ['heaps of two profilers', [a, MASSIF, b], `${MASSIF}: is not a profile in pprof's protobuf, as the first one is`],
    ['the other way round', [MASSIF, a, b], `${a}: is not a file of Massif, as the first one is`],
  ])('%s', async (_, args, sentence) => {
    const { code, output, errors } = await heap(args);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toContain(sentence);
  });
});

test('a text of any kind is called so, and not damaged at a byte', async () => {
  const path = join(folder, 'notes.txt');
  writeFileSync(path, '# What to do\nTake it with curl…\n');
  const { code, errors } = await heap([path]);
  expect([code, errors]).toEqual([2, `leakwatch: ${path}: is text, and no kind of heap that is known here.\n`]);
});

describe('--speedscope', () => {
  test('growth only, in a file; the table all the same', async () => {
    const path = join(folder, 'grown.json');
    const { code, output } = await heap([NOW, '--base', BASE, '--speedscope', path]);
    expect({ code, table: output.includes('function') }).toEqual({ code: 0, table: true });
    const { profiles, shared } = JSON.parse(readFileSync(path, 'utf8'));
    expect(profiles[0].weights.every((weight: number) => weight > 0)).toBe(true);
    expect(shared.frames.length).toBeGreaterThan(3);
  });
  test.each([
    ['nothing grew', [NOW, '--base', NOW, '--speedscope', join(folder, 'none.json')], 'none.json: is not written: nothing grew'],
    [
      'a folder that is not there',
      [NOW, '--speedscope', join(folder, 'no/where.json')],
      'no/where.json: cannot be written for speedscope: ENOENT',
    ],
  ])('%s', async (_, args, sentence) => {
    const { code, errors } = await heap(args);
    expect(code).toBe(2);
    expect(errors).toContain(sentence);
  });
  test('never over one of the heaps, however it is called', async () => {
    const [now, base] = [file('taken.pb.gz', readFileSync(NOW)), file('earlier.pb.gz', readFileSync(BASE))];
    for (const over of [now, join(folder, '.', 'earlier.pb.gz')]) {
      const { code, output, errors } = await heap([now, '--base', base, '--speedscope', over]);
      expect({ code, output }).toEqual({ code: 2, output: '' });
      expect(errors).toBe(`leakwatch: --speedscope: ${over} is one of the heaps; name the file that is to be written.\n`);
    }
    expect([readFileSync(now), readFileSync(base)]).toEqual([readFileSync(NOW), readFileSync(BASE)]);
  });
});

test('of a name of thousands of letters the table has both ends', () => {
  const name = `std::_Hashtable<${'std::pair<shop::Order, shop::Line>, '.repeat(140)}>::_M_insert_unique_node`;
  expect(harmlessName(name)).toMatch(/^std::_Hashtable<.*….*::_M_insert_unique_node$/);
  expect([harmlessName(name).length, harmlessName('a\u001b[2J')]).toEqual([160, 'a?[2J']);
});
