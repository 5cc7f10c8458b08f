import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closeGridOf, containersIn, gridOf, queriesOf, scrapesOf, windowMsOf } from '../../../src/sources/prometheus/query.js';
import { composeLabels, openMetrics } from '../../support/open-metrics.js';
import { type PrometheusPart, startPrometheus } from '../../support/parts/prometheus.js';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 24, 12);

/** The eight that break what is pasted together, and some that break what is nearly quoted. */
const HOSTILE = [
  'a"} or vector(1) #',
  "a'} or vector(1) #",
  'a\\',
  'a\\"} or up{x="',
  'a\n} or up',
  '.*',
  'a|b|',
  '\ud800 \u2028 \u202e{}',
  '(((((',
  '[0-9]{64}',
  '$__range',
];

describe('a grid', () => {
  test.each([
    [2 * HOUR, MINUTE],
    [6 * HOUR, MINUTE],
    [DAY, 5 * MINUTE],
    [14 * DAY, 5 * MINUTE],
    [30 * DAY, 5 * MINUTE],
    [90 * DAY, 15 * MINUTE],
    [10 * 365 * DAY, 12 * HOUR],
  ])('over %i ms has a step of %i ms', (rangeMs, stepMs) => expect(gridOf(NOW - rangeMs, NOW).stepMs).toBe(stepMs));

  test('never has 11,000 points, stands on whole steps, and covers the range but for what is still to come', () => {
    const range = fc.tuple(
      fc.integer({ min: 0, max: 50 * 365 }),
      fc.integer({ min: 0, max: DAY }),
      fc.integer({ min: 0, max: DAY }),
    );
    fc.assert(
      fc.property(range, ([days, more, moved]) => {
        const [fromMs, toMs] = [NOW - moved - days * DAY - more, NOW - moved];
        const grid = gridOf(fromMs, toMs);
        const last = grid.fromMs + (grid.count - 1) * grid.stepMs;
        expect(grid.count).toBeGreaterThanOrEqual(1);
        expect(grid.count - 1).toBeLessThanOrEqual(11_000);
        expect([grid.fromMs % grid.stepMs, Number.isInteger(grid.count)]).toEqual([0, true]);
        expect([grid.fromMs <= fromMs, last <= toMs, toMs - last < grid.stepMs]).toEqual([true, true, true]);
        expect(windowMsOf(grid)).toBeGreaterThanOrEqual(2 * MINUTE);
      }),
    );
  });
});

describe('a grid of what is looked at closely', () => {
  test.each([
    ['2 s', 150, 15],
    ['15 s', 20, 15],
    ['15 s, one missing', 19, 15],
    ['15 s, by who counts both ends', 21, 15],
    ['30 s', 10, 30],
    ['a minute', 5, 60],
    ['a minute, one late', 4, null],
    ['two minutes', 2, null],
    ['never', 0, null],
  ])('scrapes each %s, %i in five minutes: a point each %s s, for so long as that', (_, scrapes, seconds) => {
    const grid = closeGridOf(NOW - 2 * HOUR - 7_000, NOW + 4_000, scrapes);
    expect(grid && grid.stepMs / 1_000).toBe(seconds);
    if (!grid) return;
    expect([windowMsOf(grid), grid.fromMs % grid.stepMs]).toEqual([grid.stepMs, 0]);
    expect(grid.fromMs + (grid.count - 1) * grid.stepMs).toBe(NOW);
  });
});

describe('asked of a real Prometheus', () => {
  let prometheus: PrometheusPart;
  const cgroupOf = (name: string) => `/docker/${name}`;
  beforeAll(async () => {
    const sample = { t: NOW - HOUR, anon: 7, file: 1, usage: 9, limit: 8 };
    const told = HOSTILE.map((name, i) => ({
      labels: composeLabels('', 'x', i, { id: cgroupOf(name).replace(/\p{Surrogate}/gu, '\ufffd') }),
      samples: [sample],
      startedAtMs: NOW - DAY,
    }));
    prometheus = await startPrometheus(openMetrics(told));
  }, 30_000);
  afterAll(() => prometheus.stop());

  async function ask(path: string, form: Record<string, string>) {
    const response = await fetch(`${prometheus.url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(form) });
    return (await response.json()) as { status: string; error?: string; data: { result: { metric: { id: string } }[] } & string };
  }

  test.each(HOSTILE)('a container called %j is found, and no other', async (name) => {
    const { data } = await ask('query', {
      query: `container_memory_rss${containersIn([cgroupOf(name)])}`,
      time: String((NOW - HOUR) / 1_000),
    });
    expect(data.result.map(({ metric }) => metric.id)).toEqual([cgroupOf(name).replace(/\p{Surrogate}/gu, '\ufffd')]);
  });

  test('several of them at once are so many', async () => {
    const { data } = await ask('query', {
      query: `container_memory_rss${containersIn(HOSTILE.slice(0, 5).map(cgroupOf))}`,
      time: String((NOW - HOUR) / 1_000),
    });
    expect(data.result).toHaveLength(5);
  });

  test('every query is one that its parser takes, whatever the name', async () => {
    const [named, close] = [containersIn(HOSTILE), closeGridOf(NOW - HOUR, NOW, 20)];
    if (!close) throw new Error('no grid');
    const grids = [gridOf(NOW - DAY, NOW), close].flatMap((grid) => Object.values(queriesOf(named, grid)));
    for (const query of [...grids, scrapesOf(named)]) {
      expect(await ask('format_query', { query })).toMatchObject({ status: 'success' });
    }
  });

  test('a hundred thousand generated names: one selector each, with that name and nothing else', async () => {
    const names = fc.sample(fc.string({ unit: SIGN, maxLength: 40 }), { seed: 11, numRuns: 100_000 });
    for (let from = 0; from < names.length; from += AT_ONCE) {
      const some = names.slice(from, from + AT_ONCE);
      const query = inPairs(some.map((name) => `m${containersIn([name])}`));
      const { status, data, error } = await ask('format_query', { query });
      expect({ from, status, error }).toEqual({ from, status: 'success', error: undefined });
      // As the parser writes it: a metric with one matcher, `or`, the next.
      const selectors = String(data).match(SELECTOR) ?? [];
      expect(String(data).replace(SELECTOR, '')).toMatch(/^(?:\s|\(|\)|or)*$/);
      const literals = selectors.map((selector) => literalOf(selector).replace(/\p{Surrogate}/gu, '\ufffd'));
      expect(literals).toEqual(some.map(regexOf));
    }
  }, 60_000);
});

/** Half of them mean something to PromQL, to Go's strings or to RE2. */
const SIGN = fc.oneof(
  fc.constantFrom(...'"\'`\\{}[]()$^.*+?|=~!,#/-_ \n\r\t\0', '\ufffd', 'n', 'x', 'u', 'or'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const SELECTOR = /m\{id=~"(?:[^"\\]|\\.)*"\}/g;
/** In one question to the parser. */
const AT_ONCE = 200;

/** `((a or b) or (c or d))`: the parser writes a long row of them in quadratic time. */
function inPairs(selectors: readonly string[]): string {
  const half = Math.ceil(selectors.length / 2);
  if (selectors.length <= 1) return selectors.join('');
  return `(${inPairs(selectors.slice(0, half))} or ${inPairs(selectors.slice(half))})`;
}

/** As Go's strconv.Quote writes them. */
const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** What the parser has between the quotes, unquoted. */
function literalOf(selector: string): string {
  return selector
    .slice('m{id=~"'.length, -'"}'.length)
    .replace(/\\(?:x(..)|u(.{4})|U(.{8})|(.))/g, (_, byte: string, four: string, eight: string, one: string) => {
      const hex = byte ?? four ?? eight;
      return hex === undefined ? (ESCAPES[one] ?? one) : String.fromCodePoint(Number.parseInt(hex, 16));
    });
}

function regexOf(name: string): string {
  return name.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
