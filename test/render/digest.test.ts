import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DigestView, digestMessage } from '../../src/render/digest.js';
import { MAX_LINES } from '../../src/render/limits.js';
import { expectAccepted, textsOf } from './accepted.js';
import { grower, handed, MORNINGS } from './mornings.js';
import { DAY, HOUR, MINUTE, NOW } from './scenes.js';

const linesOf = (view: DigestView) => {
  const message = digestMessage(view);
  if (!message) throw new Error('nothing to say');
  return String(textsOf(message)[1]).split('\n');
};
const morning = (name: string): DigestView => {
  const view = MORNINGS[name];
  if (!view) throw new Error(`no such morning: ${name}`);
  return view;
};

test.each(Object.keys(MORNINGS))('%s', (name) => {
  expect(digestMessage(morning(name))).toMatchSnapshot();
});

test('the address of a thread is a link, as Slack wants one', () => {
  const line = linesOf(morning('a night of work')).find((one) => one.includes('cart'));
  expect(line).toMatch(/ <https:\/\/home\.slack\.com\/archives\/C1\/p2\?thread_ts=1\.2&amp;cid=C1\|thread>$/);
});

test('it is read for hours and not edited: what ends before tomorrow evening ends by the clock', () => {
  const ends = (ms: number) => {
    const latest = { growthBytesPerHour: 1, limitAtMs: NOW + ms, hosts: [] };
    return linesOf({ ...morning('all closed'), incidents: [handed('api', { latest })] }).at(-1);
  };
  expect(ends(170 * MINUTE)).toMatch(/· limit at about <!date\^\d+\^{time}\|16:50 UTC> ·/);
  expect(ends(47 * HOUR)).toMatch(/· limit at about <!date\^\d+\^{date_short_pretty} {time}\|26 Nov 13:00 UTC> ·/);
  expect(ends(51 * HOUR)).toContain('· limit in 2 d 3 h ·');
  expect(ends(-MINUTE)).toContain('· limit now ·');
});

test('nothing to say is nothing said', () => {
  expect(
    digestMessage({ nowMs: NOW, sinceMs: NOW - DAY, incidents: [], growers: [], silent: [{ host: 'hv-37', sinceMs: NOW }] }),
  ).toBeNull();
});

test('what nobody has comes first, then what has least time; closed ones last', () => {
  const names = linesOf(morning('a night of work')).map((line) => /^[🔴🟡✅] (\S+) (open|fixed)/u.exec(line)?.[1]);
  expect(names.filter(Boolean)).toEqual(['api-svc', 'mail', 'cart', 'search']);
});

test('growers are in the order of their end; who lives at its limit has none', () => {
  const lines = linesOf(morning('a night of work'));
  const titled = lines.findIndex((line) => line.startsWith('Slow growers'));
  expect(lines.slice(titled + 1).map((line) => line.replace(/^🟡 /u, '').split(' ')[0])).toEqual([
    'web',
    'orders',
    'worker',
    'billing',
  ]);
  expect(lines.at(-1)).toContain('was at its limit before');
  expect(lines.at(-1)).not.toContain('limit in');
});

describe('of many, as many as are read', () => {
  test('a dozen lines, and what is left out is counted', () => {
    const lines = linesOf(morning('a bad week'));
    expect(lines.filter((line) => line.startsWith('…'))).toEqual(['… 9 more incidents', '… 39 more slow growers: `/leak top`']);
    expect(lines).toHaveLength(MAX_LINES);
    expect(lines.find((line) => line.includes('api-'))).toContain('api-13');
  });

  test.each([
    [14, 1, 7, 1],
    [1, 40, 1, 7],
    [0, 40, 0, 9],
    [40, 0, 9, 0],
    [10, 0, 10, 0],
    [6, 3, 6, 3],
    [7, 3, 5, 3],
    [6, 4, 6, 2],
  ])('%i incidents and %i growers: %i and %i of them', (incidents, growers, handedOver, slow) => {
    const { incidents: all, growers: more, nowMs, sinceMs } = morning('a bad week');
    const view = {
      ...{ nowMs, sinceMs, silent: [] },
      incidents: Array.from({ length: incidents }, () => all[0] ?? handed('x')),
      growers: more.slice(0, growers),
    };
    const lines = linesOf(view);
    expect(lines.filter((line) => line.includes('nobody has it'))).toHaveLength(handedOver);
    expect(lines.filter((line) => line.startsWith('slow-'))).toHaveLength(slow);
    expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
  });
});

test('whatever the names and numbers are, Slack takes it and nobody is called who does not have it', () => {
  const name = fc.constantFrom(
    '<!channel>',
    '<!here>',
    '@everyone',
    '\n🟢 web stable',
    '&'.repeat(300),
    '```',
    'a'.repeat(10_000),
  );
  const number = fc.oneof(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), fc.constantFrom(0, 1e-9));
  const time = fc.oneof(fc.integer({ min: 0, max: 2 * NOW }), fc.constantFrom(0, NOW, 8e15));
  const incidents = fc.array(fc.record({ name, rate: number, end: time, at: time, calm: fc.boolean(), closed: fc.boolean() }), {
    maxLength: 20,
  });
  const growers = fc.array(fc.record({ name, rate: number, end: time, at: time }), { maxLength: 20 });
  fc.assert(
    fc.property(incidents, growers, (some, slow) => {
      const message = digestMessage({
        ...{ nowMs: NOW, sinceMs: NOW - DAY, silent: [{ host: 'hv-37', sinceMs: NOW - HOUR }] },
        incidents: some.map(({ name: id, rate, end, at, calm, closed }) =>
          handed(
            id,
            {
              ...{ openedMs: at, service: { id, name: id }, latest: { growthBytesPerHour: rate, limitAtMs: end, hosts: [] } },
              acknowledged: { by: 'U0ASKER', atMs: at },
              ...(closed ? { closed: { atMs: end, how: 'fixed' } } : {}),
            },
            calm ? { calmSinceMs: at } : {},
          ),
        ),
        growers: slow.map(({ name: id, rate, end, at }) => ({
          ...grower(id, rate, 1, { limitAtMs: end, atMs: at, verdict: 'suspicious', wouldHelp: 'time' }),
        })),
      });
      if (!message) return expect(some.length + slow.length).toBe(0);
      expectAccepted(message);
      expect(String(textsOf(message)[1]).split('\n').length).toBeLessThanOrEqual(MAX_LINES);
    }),
    { numRuns: 300 },
  );
});
