import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LeakwatchError } from '../../../src/errors.js';
import type { Massif, MassifRead } from '../../../src/model/massif.js';
import { readMassif } from '../../../src/sources/massif/read-massif.js';
import { patient } from '../../support/patience.js';

const GOLDEN = readFileSync('test/golden/massif/massif.out.leak_B');
const HEAD = 'desc: (none)\ncmd: ./a\ntime_unit: ms\n';
const SNAPSHOT = '#-----------\nsnapshot=0\n#-----------\ntime=1\nmem_heap_B=100\nmem_heap_extra_B=8\nmem_stacks_B=0\n';
const TREE = `${HEAD}${SNAPSHOT}heap_tree=detailed\n`;

async function* chunks(...parts: readonly (string | Buffer)[]) {
  for (const part of parts) yield Buffer.from(part);
}
/** What it answers, or what it says is wrong; anything else that is thrown is a bug of ours. */
async function read(...parts: readonly (string | Buffer)[]): Promise<MassifRead | string> {
  return readMassif(chunks(...parts)).catch((error) => {
    if (!(error instanceof LeakwatchError)) throw error;
    return error.message;
  });
}
const refused = async (...parts: readonly (string | Buffer)[]) => {
  const answer = await read(...parts);
  return typeof answer === 'string' ? answer : 'was read';
};

describe('what is no file of Massif’s, or not all of one', () => {
  test.each([
    ['', 'is empty.'],
    ['\n# nothing\n\n', 'is empty.'],
    ['{"id":1}\n', "is no file of Massif's: is JSON."],
    ['<!doctype html>', "is no file of Massif's: is a web page."],
    [readFileSync('test/golden/massif/ms_print.tiny.txt'), 'is what ms_print says of one: give the file that it was made from'],
    [HEAD, 'has no snapshot in it'],
    ['desc: x\ncmd: ./a\n', 'line 3: is cut off: the file ends here, but no time_unit.'],
    ['desc: x\ncmd: ./a\ntime_unit: h\n', 'line 3: is damaged: time_unit must be i, ms or B, not "h".'],
    [`${HEAD}${SNAPSHOT}`, 'line 11: is cut off: the file ends here, but the snapshot has no heap_tree.'],
    [`${HEAD}${SNAPSHOT}heap_tree=emp`, 'line 11: is cut off: the file ends in the middle of a line.'],
    [`${HEAD}${SNAPSHOT}heap_tree=full\n`, 'line 11: is damaged: heap_tree must be empty, detailed or peak, not "full".'],
    [
      `${HEAD}${SNAPSHOT.replace('=100', '=-100')}`,
      'line 8: is damaged: mem_heap_B must be a whole number, 0 or more, not "-100".',
    ],
    [`${HEAD}${SNAPSHOT.replace('=100', '=9007199254740993')}`, 'line 8: is damaged: mem_heap_B must be a whole number'],
    [`${HEAD}${SNAPSHOT.replace('time=1', 'mem_heap_B=1')}`, 'line 7: is damaged: time= is expected, not "mem_heap_B=1".'],
    [`${HEAD}${SNAPSHOT}heap_tree=empty\n${SNAPSHOT}heap_tree=empty\n`, 'line 19: is damaged: snapshot 0 comes after 0.'],
    [`${HEAD}${SNAPSHOT}heap_tree=empty\n${HEAD}`, 'line 12: a second file begins here: give one of them at a time.'],
    [
      `${TREE}n1: 100 (heap allocation functions)\n`,
      'line 13: is cut off: the file ends here, but the node of line 12 has 1 caller to come.',
    ],
    [TREE, 'line 12: is cut off: the file ends here, but a tree is announced.'],
    [`${TREE}n0: -5 x\n`, 'line 12: is damaged: a tree is announced, but this is no node of a tree: "n0: -5 x".'],
    [`${TREE}n0: 109 x\n`, 'line 12: is damaged: 109 bytes, of which 108 are left by the node above it.'],
    [`${TREE}n2: 100 x\n n0: 60 a\n n0: 41 b\n`, 'line 14: is damaged: 41 bytes, of which 40 are left by the node above it.'],
    [
      `${TREE}n2: 100 x\n n0: 60 a\nsnapshot=1\n`,
      'line 14: is damaged: the node of line 12 has 1 caller to come, but this is no node',
    ],
  ])('%j: %s', async (text, sentence) => expect(await refused(text)).toContain(sentence));
});

describe('too much of it', () => {
  /** On the processor, which others use too. */
  const timed = async (...parts: readonly (string | Buffer)[]) => {
    const from = process.cpuUsage();
    const sentence = await refused(...parts);
    const { user, system } = process.cpuUsage(from);
    // The longest takes 0.3 s; what looked at all that came before for each line would take minutes.
    expect((user + system) / 1_000).toBeLessThan(patient(2_000));
    return sentence;
  };

  test('a line of 2 GB is read as far as 64 KiB', async () => {
    let given = 0;
    async function* endless() {
      yield Buffer.from('desc: ');
      for (; given < 2 * 2 ** 30; given += 2 ** 20) yield Buffer.alloc(2 ** 20, 'a');
    }
    await expect(readMassif(endless())).rejects.toThrow('line 1: is refused: longer than 64 KiB.');
    expect(given).toBeLessThan(2 ** 21);
  });

  test('a million nodes, callers that are announced and never come, a call that is 100,000 deep', async () => {
    const leaves = Array.from({ length: 50 }, () => ' n0: 0 0x1: f (a.c:1)\n'.repeat(20_000));
    const half = [' n400000: 0 0x1: g (a.c:1)\n', ...leaves.slice(0, 20)];
    expect(await timed(`${TREE}n2: 100 x\n`, ...half, ...half)).toBe(
      'line 500012: is refused: more than 500000 nodes in a tree.',
    );
    expect(await timed(`${TREE}n1000000: 100 x\n`, ...leaves)).toBe('line 12: is refused: more than 500000 nodes in a tree.');
    const chain = ' n2: 0 0x1: f (a.c:1)\n  n0: 0 0x1: g (a.c:1)\n'.repeat(600_000 / 2);
    expect(await timed(`${TREE}n2: 100 x\n`, ' n0: 0 y\n', chain)).toBe('line 416: is refused: a tree deeper than 202 calls.');
    expect(await timed(`${TREE}n99999999: 100 x\n`)).toBe('line 12: is refused: more than 500000 nodes in a tree.');
    expect(await timed(`${TREE}n100000: 100 x\n`)).toContain('the node of line 12 has 100000 callers to come');
    const deep = Array.from({ length: 100_000 }, () => 'n1: 1 0x1: f (a.c:1)\n').join('');
    expect(await timed(`${TREE}${deep}`)).toBe('line 214: is refused: a tree deeper than 202 calls.');
  });

  test('half a million different places', async () => {
    const leaves = Array.from({ length: 480_000 }, (_, i) => ` n0: 1 0x${i}: f${i} (a.c:1)\n`).join('');
    expect(await timed(`${TREE.replace('=100', '=480000')}n480000: 480000 x\n`, leaves)).toBe(
      'is refused: more than 50000 different places in a tree.',
    );
  });

  test('long labels: more text in a tree than it may have', async () => {
    const label = 'x'.repeat(60_000);
    const lines = Array.from({ length: 600 }, (_, i) => ` n0: 0 0x${i}: ${label}${i} (a.c:1)\n`);
    expect(await timed(`${TREE}n600: 100 x\n`, ...lines)).toContain('is refused: a tree of more than 32 MiB.');
  });

  test('indentation means nothing, whatever it is', async () => {
    const straight = await read(`${TREE}n2: 100 x\n n1: 60 0x1: a (a.c:1)\n  n0: 60 0x2: b (a.c:2)\n n0: 40 0x3: c (a.c:3)\n`);
    const odd = await read(
      `${TREE}n2: 100 x\n      n1: 60 0x1: a (a.c:1)\nn0: 60 0x2: b (a.c:2)\r\n\n# no\n\t n0: 40 0x3: c (a.c:3)\n`,
    );
    expect(odd).toEqual(straight);
    expect(typeof odd).toBe('object');
  });
});

describe('a file that is not as it was written', () => {
  const whole = readMassif(chunks(GOLDEN));

  test('cut at any byte: what is wrong at which line, or the snapshots that were whole', async () => {
    const { massif } = await whole;
    // Every byte of the first two trees, and some of the rest.
    const cuts = Array.from({ length: 2_500 }, (_, i) => (i < 1_500 ? i : 1_500 + (i - 1_500) * 13)).filter(
      (at) => at < GOLDEN.length - 1,
    );
    for (const at of cuts) {
      const answer = await read(GOLDEN.subarray(0, at));
      if (typeof answer === 'string')
        expect(answer).toMatch(/^line \d+: is cut off|^is (empty|no file)|^has no snapshot|^line \d+: is damaged: time_unit/);
      else expect(isBeginning(answer.massif, massif)).toBe(true);
    }
  });

  test('in pieces of any size it says the same', async () => {
    const size = fc.integer({ min: 1, max: 5_000 });
    await fc.assert(
      fc.asyncProperty(size, async (most) => {
        const pieces = Array.from({ length: Math.ceil(GOLDEN.length / most) }, (_, i) =>
          GOLDEN.subarray(i * most, (i + 1) * most),
        );
        expect(await read(...pieces)).toEqual(await whole);
      }),
      { numRuns: 20 },
    );
  });

  test('lines swapped, doubled, left out, or with other letters: refused by line, or trees whose sums are right', async () => {
    const lines = GOLDEN.toString().split('\n').slice(0, -1);
    const change = fc.oneof(
      fc.record({ kind: fc.constant('drop'), at: fc.nat(lines.length - 1) }),
      fc.record({ kind: fc.constant('double'), at: fc.nat(lines.length - 1) }),
      fc.record({ kind: fc.constant('swap'), at: fc.nat(lines.length - 2) }),
      fc.record({ kind: fc.constant('text'), at: fc.nat(lines.length - 1), text: fc.string({ maxLength: 20 }) }),
      fc.record({ kind: fc.constant('digit'), at: fc.nat(lines.length - 1), text: fc.stringMatching(/^[0-9-]{1,3}$/) }),
    );
    await fc.assert(
      fc.asyncProperty(change, async (mutation) => {
        const answer = await read(`${mutate(lines, mutation).join('\n')}\n`);
        if (typeof answer === 'string') {
          expect(answer).toMatch(/^line \d+: |^is no file/);
          return;
        }
        for (const tree of [answer.from, answer.to]) {
          const snapshot = answer.massif.snapshots.find(({ index }) => index === tree?.index);
          const sum = Array.from(tree?.heap.values[0] ?? [], BigInt).reduce((all, value) => all + value, 0n);
          expect(sum).toBeLessThanOrEqual(
            BigInt((snapshot?.heapBytes ?? 0) + (snapshot?.extraBytes ?? 0) + (snapshot?.stackBytes ?? 0)),
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

function isBeginning(part: Massif, whole: Massif): boolean {
  return JSON.stringify(part.snapshots) === JSON.stringify(whole.snapshots.slice(0, part.snapshots.length));
}

function mutate(lines: readonly string[], { kind, at, text }: { kind: string; at: number; text?: string }): string[] {
  const [line = '', next = ''] = [lines[at], lines[at + 1]];
  const [before, after] = [lines.slice(0, at), lines.slice(at + 1)];
  if (kind === 'drop') return [...before, ...after];
  if (kind === 'double') return [...before, line, line, ...after];
  if (kind === 'swap') return [...before, next, line, ...lines.slice(at + 2)];
  if (kind === 'digit') return [...before, line.replace(/\d+/, text ?? ''), ...after];
  return [...before, `${line.slice(0, 3)}${text}${line.slice(3)}`, ...after];
}
