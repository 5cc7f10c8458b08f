import { expect, test } from '@jest/globals';
import { flameMessage } from '../../src/render/flame.js';
import { type SentHeaps, sentHeapsMessage } from '../../src/render/sent-heaps.js';
import { sentProblemsMessage } from '../../src/render/sent-problems.js';
import { expectAccepted } from './accepted.js';
import { NOW } from './massif-scenes.js';

const MIB = 2 ** 20;
const SENT: SentHeaps = {
  kind: 'go',
  names: ['base.pb.gz', 'now.pb.gz'],
  takenAtMs: [NOW - 3_600_000, NOW],
  nowMs: NOW,
  course: {
    measure: { name: 'inuse_space', unit: 'bytes' },
    sampledEvery: 512 * 1_024,
    totals: [12 * MIB, 110 * MIB],
    rows: [
      { function: 'shop/orders.(*Cache).Put', via: null, held: [4 * MIB, 98 * MIB], file: '/src/orders/cache.go', line: 88 },
      {
        function: 'bytes.growSlice',
        via: { function: 'orders.Read', file: 'read.go', line: 3 },
        held: [0, 4 * MIB],
        file: null,
        line: null,
      },
      { function: 'small', via: null, held: [0, 1], file: null, line: null },
      { function: 'freed', via: null, held: [8 * MIB, 0], file: null, line: null },
    ],
    others: 0,
  },
};
const textOf = (sent: SentHeaps) => JSON.stringify(sentHeapsMessage(sent));

test('two heaps: from which to which, what grew, where, and the command that says all of it', () => {
  expect(sentHeapsMessage(SENT)).toMatchSnapshot();
});

test('one heap says what it holds; nothing grew; without times the names gave the order', () => {
  const { course } = SENT;
  const one = {
    ...SENT,
    names: ['now.pb.gz'],
    takenAtMs: [NOW],
    course: { ...course, totals: [110 * MIB], rows: course.rows.map((row) => ({ ...row, held: row.held.slice(-1) })) },
  };
  expect(textOf(one)).toContain('now.pb.gz: 98 MiB of 110 MiB in');
  expect(textOf({ ...SENT, course: { ...course, rows: course.rows.slice(-1) } })).toContain('nothing grew');
  expect(textOf({ ...one, course: { ...one.course, rows: [], totals: [0] } })).toContain('it holds nothing');
  expect(textOf({ ...SENT, kind: 'jemalloc', takenAtMs: null })).toContain('Heap dumps of jemalloc, in the order of their names');
});

test('names of files and functions are neither markup nor a mention, and are bounded', () => {
  const hostile = '<!channel> `*x* \u202e'.repeat(500);
  const rows = SENT.course.rows.map((row) => ({ ...row, function: hostile, file: hostile }));
  const course = { ...SENT.course, rows, measure: { name: hostile, unit: hostile } };
  const problems = [
    { name: hostile, problem: hostile },
    { name: hostile, problem: null },
  ];
  for (const message of [
    sentHeapsMessage({ ...SENT, names: [hostile, hostile], course }),
    sentProblemsMessage(problems),
    flameMessage(hostile, 'https://files.example/F1|<!channel>'),
  ]) {
    expect(JSON.stringify(message)).not.toMatch(/<!channel>|\u202e/);
    expectAccepted(message);
  }
});
