import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HeapEvidence } from '../../src/model/heap-evidence.js';
import type { SlackMessage } from '../../src/model/message.js';
import { placeName, shortName } from '../../src/render/function-names.js';
import { amount, bareRate, difference } from '../../src/render/heap-amounts.js';
import { heapMessage } from '../../src/render/heap-evidence.js';
import { heapTable } from '../../src/render/heap-table.js';
import { makeBlockCheck } from '../support/slack/block-kit/validate.js';
import { textsOf } from './accepted.js';
import { courseOf, HEAPS, row, sceneOf } from './heap-scenes.js';
import { NOW } from './scenes.js';

const check = makeBlockCheck(() => true);
/** Links that may be there: to what changed, and to a file at a revision. */
const LINKS = /<https:\/\/github\.com\/shop\/api\/(?:compare|blob)\/[\w./#]+\|[\w.:]+>/g;
const DATES = /<!date\^\d+\^[^<>|]*\|([^<>]*)>/g;

function expectAccepted({ text, blocks }: SlackMessage): void {
  expect(check(blocks, 'message', '')).toEqual([]);
  expect(text).not.toMatch(/[<>\n]|^.{800}/);
  for (const one of textsOf({ text, blocks }).map((all) => all.replace(LINKS, '').replace(DATES, '$1'))) {
    expect(one).not.toMatch(/[<>]|NaN|Infinity|undefined|null|\[object|&(?!amp;|lt;|gt;)/);
    expect(one).not.toMatch(/[\p{Cf}\p{Cs}\u0000-\u0009\u000b-\u001f]/u);
    expect((one.match(/```/g) ?? []).length % 2).toBe(0);
  }
}

/** As who is not in Slack reads it: no links, times in UTC. */
function told(evidence: HeapEvidence): string[] {
  const message = heapMessage(evidence, NOW);
  expectAccepted(message);
  const [, ...texts] = textsOf(message);
  return texts
    .join('\n')
    .replace(DATES, '$1')
    .replace(/<(https:[^|]*)\|([^>]*)>/g, '$2')
    .split('\n');
}

describe('what heaps say, in a thread', () => {
  test.each(Object.keys(HEAPS))('%s', (name) => {
    const evidence = HEAPS[name]?.();
    if (!evidence) throw new Error('no such scene');
    const lines = told(evidence);
    expect([heapMessage(evidence, NOW).text, ...lines]).toMatchSnapshot();
    expect(lines.filter((line) => line !== '```').length).toBeLessThanOrEqual(13);
    if (!lines.includes('```')) return;
    for (const line of lines.slice(lines.indexOf('```') + 1, lines.lastIndexOf('```')))
      expect(line.replaceAll('&lt;', '<').replaceAll('&gt;', '>').length).toBeLessThanOrEqual(44);
  });
  test('the first heap of a small service is told, though a growth of so little would not be', () => {
    const course = courseOf([row('main.load', [1.8]), row('encoding/json.Unmarshal', [1.1]), row('main.once', [0.001])]);
    const lines = told(sceneOf({ course, about: { baseline: { is: 'none' }, nextAtMs: NOW + 60_000 } }));
    expect(lines[0]).toBe('*api-svc #7: 33 MiB of live heap, 1.8 MiB in* `main.load`');
    expect(lines.slice(3, 5)).toEqual(['1.8 MiB main.load', '1.1 MiB encoding/json.Unmarshal']);
  });
  test('what is linked is the revision that runs', () => {
    const { blocks } = heapMessage(HEAPS['the leak of messages.md']?.() ?? sceneOf({ course: courseOf([]) }), NOW);
    expect(JSON.stringify(blocks)).toContain(
      '<https://github.com/shop/api/blob/8c1f0de8c1f0de8c1f0de8c1f0de8c1f0de8c1f0/orders/cache.go#L88|cache.go:88>',
    );
  });
  test('a link that is none of ours is no link', () => {
    const one = HEAPS['the leak of messages.md']?.() as HeapEvidence;
    for (const link of [
      'javascript:alert(1)',
      'https://a.b/c|d',
      'https://a.b/c>d',
      'http://github.com/a',
      'https://x:y@github.com/a',
    ])
      expect(told({ ...one, rows: one.rows.map((each) => ({ ...each, link })) }).join()).not.toContain('Source');
    const own = { ...one, rows: one.rows.map((each) => ({ ...each, link: 'https://git.example.org/a/-/blob/8c1f0de/b.go#L1' })) };
    expect(JSON.stringify(heapMessage(own, NOW).blocks)).toContain('|cache.go:88 on git.example.org>');
  });
  test('many goroutines are a hint where to look', () => {
    const one = HEAPS['two heaps, GOGC not known']?.() as HeapEvidence;
    expect(told({ ...one, goroutines: { from: 412, to: 9_800 } })).toContain(
      'Goroutines 412 → 9,800: where they stand: `/leak heap api-svc goroutine`',
    );
  });
  test('the line to type is one that a shell takes', () => {
    const one = HEAPS['two heaps, GOGC not known']?.() as HeapEvidence;
    const files = { base: "it's a.pb.gz", now: '-x;rm.pb.gz' };
    expect(told({ ...one, files })).toContain(`\`go tool pprof -diff_base 'it'\\''s a.pb.gz' '-x;rm.pb.gz'\``);
  });
});

describe('a name on a phone', () => {
  const PUT = 'github.com/shop/api/internal/orders.(*Cache[go.shape.string]).Put';
  test.each([
    [PUT, 80, PUT],
    [PUT, 56, 'github.com/shop/api/internal/orders.(*Cache[…]).Put'],
    [PUT, 40, 'github.com/…/orders.(*Cache[…]).Put'],
    [PUT, 24, 'orders.(*Cache[…]).Put'],
    [PUT, 16, 'order…che[…]).Put'.slice(0, 16)],
    ['encoding/json.(*Decoder).Decode', 24, 'json.(*Decoder).Decode'],
    ['main.main.func1', 12, 'mai…in.func1'],
    ['std::map<int, std::vector<A>>::insert(int const&, A)', 40, 'std::map<…>::insert(…)'],
    ['operator<', 20, 'operator<'],
    ['com.acme.shop.Session', 44, 'com.acme.shop.Session'],
    ['com.acme.orders.Checkout$$Lambda$214/0x0000000800d3c840', 40, 'com.acme.orders.Checkout$$Lambda$214'],
    ['com.acme.orders.Checkout$$Lambda/0x00007f88c4000a30', 30, 'com.acme.o…rs.Checkout$$Lambda'],
    ['com.acme.orders.Checkout$$Lambda$14/1711575213', 80, 'com.acme.orders.Checkout$$Lambda$14'],
    ['', 10, ''],
  ])('%s in %d', (name, width, short) => {
    if (name === PUT && width === 16) expect(shortName(name, width)).toHaveLength(16);
    else expect(shortName(name, width)).toBe(short);
  });
  test('places', () => {
    expect([placeName('/src/a/cache.go', 88), placeName('C:\\src\\a.cs', null), placeName(null, 5), placeName('/a/', 5)]).toEqual(
      ['cache.go:88', 'a.cs', '', ''],
    );
  });
  test('never longer than its room, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 8, max: 60 }), (name, width) => {
        expect(shortName(name, width).length).toBeLessThanOrEqual(width);
        expect(shortName(name, width)).not.toMatch(/\p{Cs}/u);
      }),
    );
  });
});

const BITS = [
  '<!channel>',
  '`',
  '```',
  '\n🟢 api-svc stable',
  '<http://evil|click>',
  '*b*',
  '\u202e',
  '\ud800',
  '&'.repeat(300),
  'a'.repeat(100_000),
  '[',
  '<',
  '/',
  '',
];
const name = fc.oneof(
  fc.array(fc.constantFrom(...BITS), { minLength: 1, maxLength: 4 }).map((bits) => bits.join('')),
  fc.string({ unit: 'binary', maxLength: 100 }).map((text) => text.replace(/NaN|Infinity|undefined|null/g, 'x')),
);

test('whatever functions, files and services are called: Slack takes it, and nobody is mentioned', () => {
  const odd = fc.constantFrom(-1e300, -5, 0, 1, 2 ** 20, 2 ** 60, Number.NaN, Number.POSITIVE_INFINITY);
  const held = fc.array(odd, { minLength: 3, maxLength: 3 });
  const place = fc.record({ function: name, file: fc.option(name), line: fc.option(fc.integer()) });
  const anyRow = fc.record({ function: name, held, via: fc.option(place), file: fc.option(name), line: fc.option(fc.integer()) });
  fc.assert(
    fc.property(
      fc.array(anyRow, { maxLength: 12 }),
      name,
      name,
      fc.constantFrom('heap', 'allocs', 'goroutine'),
      (rows, one, other, kind) => {
        const evidence = sceneOf({
          course: courseOf(rows, { measure: { name: one, unit: rows.length % 2 ? other : 'bytes' } }),
          about: {
            ...{
              kind: kind as HeapEvidence['kind'],
              service: { id: one, name: one },
              replica: { number: 1, host: other },
              missing: [other],
            },
            ...{ files: { base: one, now: other }, deploy: { image: one, previousImage: other }, goroutines: { from: 1, to: 2 } },
          },
          memory: { grownBytes: 2 ** 28, nowBytes: 2 ** 29 },
        });
        const lines = told(evidence);
        expect(lines.filter((line) => /^[🟢🔴>]/u.test(line))).toEqual([]);
        expect(lines.filter((line) => line !== '```').length).toBeLessThanOrEqual(13);
      },
    ),
    { numRuns: 300, seed: 20_261_128 },
  );
});

test('a slow rate beside a large growth is not nothing', () => {
  const [GIB, MIB] = [2 ** 30, 2 ** 20];
  const slow = [
    bareRate(5 * MIB, 1.2 * GIB, 'bytes'),
    bareRate((2.4 * MIB) / 336, 2.4 * MIB, 'bytes'),
    bareRate(-0.02, -3, 'count'),
  ];
  expect(slow).toEqual(['+0.005/h', '+0.007/h', '−0.02/h']);
  expect([bareRate(18 * MIB, 98 * MIB, 'bytes'), bareRate(0.1 * GIB, 2 * GIB, 'bytes')]).toEqual(['+18.0/h', '+0.1/h']);
});

test('less than a KiB is bytes, and not 0 MiB', () => {
  const said = [
    amount(912, 'bytes'),
    difference(-40, 'bytes'),
    amount(1_023.8, 'bytes'),
    amount(0, 'bytes'),
    bareRate(80, 912, 'bytes'),
  ];
  expect(said).toEqual(['912 B', '−40 B', '1 KiB', '0 MiB', '+80.0/h']);
});

test('a table has as many lines as it is given, and no half of a function', () => {
  const one = sceneOf({
    course: courseOf(
      Array.from({ length: 9 }, (_, i) => row(`bytes.f${i}`, [0, 90 - i], { via: { function: 'a.b', file: 'c.go', line: 1 } })),
    ),
  });
  for (const lines of [1, 2, 3, 6]) expect(heapTable(one.rows, one, lines)).toHaveLength(lines);
});
