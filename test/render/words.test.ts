import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { deployWords, tagOf } from '../../src/render/images.js';
import { newsWords } from '../../src/render/incident-news.js';
import { fitLines } from '../../src/render/limits.js';
import { noSuchService } from '../../src/render/no-such-service.js';
import { clip, escapeText, visible } from '../../src/render/text.js';
import { clock, clockOrDate, date, duration, slackClock, until } from '../../src/render/times.js';
import { bytes, bytesOf, calmRate, change, changeOf, count, percent, plainRate, rate } from '../../src/render/units.js';
import { listFiles } from '../support/imports.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];
const NOW = Date.UTC(2026, 10, 24, 14);

describe('sizes', () => {
  test.each([
    [0, '0 MiB'],
    [4096, '4 KiB'],
    [396 * MIB, '396 MiB'],
    [1.5 * MIB, '1.5 MiB'],
    [1023.9 * 1024, '1 MiB'],
    [1.21 * GIB, '1.21 GiB'],
    [3.97 * GIB, '3.97 GiB'],
    [15.94 * GIB, '15.9 GiB'],
    [2 ** 41, '2 TiB'],
    [-3 * MIB, '−3 MiB'],
    [Number.NaN, '?'],
  ])('%d bytes are %s', (value, words) => expect(bytes(value)).toBe(words));

  test('a part and its whole share a unit where they can', () => {
    expect(bytesOf(396 * MIB, 512 * MIB)).toBe('396 of 512 MiB');
    expect(bytesOf(1.21 * GIB, 2 * GIB)).toBe('1.21 of 2 GiB');
    expect(bytesOf(300 * MIB, 2 * GIB)).toBe('300 MiB of 2 GiB');
    expect([percent(311, 512), percent(1, 512), percent(0, 512), percent(1, 0)]).toEqual(['61 %', '0.2 %', '0 %', '']);
    // What is not full is not said to be.
    expect([percent(1.364, 1.37), percent(512, 512), percent(520, 512), percent(99.4, 100)]).toEqual([
      '99 %',
      '100 %',
      '102 %',
      '99 %',
    ]);
  });

  test('a change under half a MiB is none', () => {
    expect([225 * MIB, -3 * MIB, 0.4 * MIB, -1].map(change)).toEqual(['+225 MiB', '−3 MiB', '0', '0']);
  });
});

test('a change as a share has a sign, a unit and an end', () => {
  expect([-0.3, 0.02, 0.004, -1, 9.5, 1e9, Number.NaN].map(changeOf)).toEqual([
    '−30 %',
    '+2 %',
    'flat',
    '−100 %',
    '+950 %',
    'over +1,000 %',
    '?',
  ]);
});

test('no words of ours beg, apologise or exclaim (STYLEGUIDE)', () => {
  const files = listFiles('.', ['src/render', 'src/slack', 'src/delivery', 'src/http', 'src/incidents', 'jobs']);
  const begging = /\b(please|sorry|oops|unfortunately)\b|[a-z]!['"`]/i;
  const found = files.flatMap((name) =>
    readFileSync(name, 'utf8')
      .split('\n')
      .flatMap((line, i) => (begging.test(line) ? [`${name}:${i + 1}`] : [])),
  );
  expect([files.length > 100, found]).toEqual([true, []]);
});

test('a host that fell silent days ago has a date', () => {
  const about = { word: 'api', suggestions: [], services: 3, nowMs: NOW };
  const silentFor = (ms: number) => {
    const message = noSuchService({ ...about, hosts: [{ name: 'hv-37', silentSinceMs: NOW - ms }] });
    return JSON.stringify(message.blocks).replace(/<!date[^|]*\|([^>]*)>/g, '$1');
  };
  expect(silentFor(3 * DAY)).toContain('hv-37 has been silent since 21 Nov 14:00 UTC: its last list was used.');
  expect(silentFor(HOUR)).toContain('hv-37 has been silent since 13:00 UTC: ');
});

test('lines that do not fit are counted, one as one', () => {
  const wide = (n: number) => Array.from({ length: n }, () => 'x'.repeat(40));
  expect(fitLines(wide(3), 80)).toMatch(/^x{40}\n\+2 more lines$/);
  expect(fitLines(wide(3), 100).split('\n').slice(2)).toEqual(['+1 more line']);
});

test('sooner than said: by the clock, since a thread is read later and the report later still', () => {
  const event = { event: 'update', level: 'page', verdict: 'leaking', reason: 'steady-growth' } as const;
  const page = (leftMs: number) =>
    newsWords({ kind: 'page', atMs: NOW, event: { ...event, growthBytesPerHour: 41 * MIB, limitAtMs: NOW + leftMs } }, NOW);
  expect(page(170 * MINUTE).replace(/<!date[^|]*\|([^>]*)>/g, '$1')).toBe(
    '🔴 Sooner than said: +41 MiB/h per replica, first out of memory at about 16:50 UTC',
  );
  expect(page(0)).toMatch(/first out of memory now$/);
});

test('quiet up to what a person named, the rate too', () => {
  const quiet = (bytesPerHour: number | null) =>
    newsWords({ kind: 'not-a-leak', atMs: NOW, by: 'U1', reason: 'fills', ceilingBytes: 400 * MIB, bytesPerHour }, NOW);
  expect(quiet(null)).toBe('<@U1>: not a leak (fills). Quiet up to 400 MiB a replica, and until the third new image');
  expect(quiet(60 * MIB)).toContain('Quiet up to 400 MiB a replica and 60 MiB/h, and until');
});

describe('rates', () => {
  const mib = (value: number, low: number, high: number) => ({ value: value * MIB, low: low * MIB, high: high * MIB });
  test.each([
    [mib(41, 32, 50), '+41 MiB/h (32–50)'],
    [mib(0.4, -1.1, 1.9), '+0.4 MiB/h (−1.1 … +1.9)'],
    [mib(1234, 1200, 1300), '+1,234 MiB/h (1,200–1,300)'],
    [mib(90, 89.9, 90.1), '+90 MiB/h (±1)'],
    [mib(2.3, 2.29, 2.31), '+2.3 MiB/h (±0.1)'],
    [mib(0.05, 0.04, 0.06), '+51 KiB/h (41–61)'],
    // Not "0 MiB/h" of what grows: it may grow faster, and it does grow.
    [mib(0.04, -0.03, 0.11), '+41 KiB/h (−31 … +113)'],
    [mib(0.0004, 0.0003, 0.0005), '+0.4 KiB/h (0.3–0.5)'],
    [mib(0.04, -4, 5), '0 ± 5 MiB/h'],
    [mib(20480, 20000, 21000), '+20 GiB/h (19.5–20.5)'],
    [mib(-3, -5, -1), '−3 MiB/h (−5 … −1)'],
    [mib(Number.NaN, 0, 0), '?'],
  ])('%j is %s', (range, words) => expect(rate(range)).toBe(words));

  test('per replica stands before the range, where the notification still has it', () => {
    expect(rate(mib(41, 32, 50), ' per replica')).toBe('+41 MiB/h per replica (32–50)');
  });

  test('a rate that may be none is said so; one that surely is not keeps its range', () => {
    expect(calmRate(mib(0.1, -0.6, 0.8))).toBe('0 ± 0.8 MiB/h');
    expect(calmRate(mib(0, -0.01, 0.005))).toBe('0 ± 10 KiB/h');
    expect(calmRate(mib(0, -1e-9, 0))).toBe('0 ± 0.1 KiB/h');
    expect(calmRate(mib(0.3, 0.1, 0.5))).toBe('+0.3 MiB/h (0.1–0.5)');
    expect(plainRate(0.8 * MIB)).toBe('0.8 MiB/h');
  });
});

describe('times', () => {
  test.each([
    [-5, '0 s'],
    [45 * SECOND, '45 s'],
    [11 * MINUTE, '11 min'],
    [170 * MINUTE, '2 h 50'],
    [3 * HOUR, '3 h'],
    [185 * MINUTE, '3 h 05'],
    [76 * HOUR, '3 d 4 h'],
    [20 * DAY, '20 d'],
    [5_000 * DAY, 'over a year'],
    [Number.POSITIVE_INFINITY, 'over a year'],
    [Number.NaN, '?'],
  ])('%d ms are %s', (ms, words) => expect(duration(ms)).toBe(words));

  test('the time to something has a range, at least that of rounding', () => {
    const at = (ms: number) => NOW + ms;
    expect(until({ value: at(170 * MINUTE), low: at(140 * MINUTE), high: at(220 * MINUTE) }, NOW)).toBe(
      '2 h 50 (2 h 20 – 3 h 40)',
    );
    expect(until({ value: at(23 * MINUTE), low: at(22 * MINUTE), high: at(24 * MINUTE) }, NOW)).toBe('23 min (22–24 min)');
    expect(until({ value: at(480_000), low: at(475_000), high: at(485_000) }, NOW)).toBe('8 min (±1 min)');
    expect(until({ value: at(170 * MINUTE), low: at(170 * MINUTE), high: at(170 * MINUTE) }, NOW)).toBe('2 h 50 (±1 min)');
    expect(until({ value: at(76 * HOUR), low: at(76 * HOUR), high: at(76 * HOUR) }, NOW)).toBe('3 d 4 h (±1 h)');
    expect(until({ value: at(5_000 * DAY), low: at(4_000 * DAY), high: at(9_000 * DAY) }, NOW)).toBe('over a year');
    expect(until({ value: at(HOUR), low: at(MINUTE) }, NOW)).toBe('60 min (60 s at the earliest)');
  });

  test('clocks name their zone, and Slack translates', () => {
    expect([clock(NOW), date(NOW), clockOrDate(NOW - DAY, NOW)]).toEqual(['14:00 UTC', '24 Nov', '23 Nov 14:00 UTC']);
    expect(slackClock(NOW, NOW)).toBe('<!date^1795528800^{time}|14:00 UTC>');
    expect(slackClock(1e300, NOW)).toContain('{date_short_pretty} {time}');
    expect(clock(Number.NaN)).toBe('00:00 UTC');
  });
});

test('one of something is not many', () => {
  expect([count(0, 'host'), count(1, 'host'), count(1_200, 'host')]).toEqual(['0 hosts', '1 host', '1,200 hosts']);
});

describe('images', () => {
  const hash = (letters: string) => letters.repeat(8);
  test.each([
    ['shop/api:v1.42.1', 'v1.42.1'],
    ['registry.example:5000/shop/api', 'latest'],
    ['registry.example:5000/shop/api:v2', 'v2'],
    [`api:v2@sha256:${hash('4f2a9b1c')}`, 'v2'],
    [`api@sha256:${hash('4f2a9b1c')}`, '4f2a9b1c4f2a'],
    [`sha256:${hash('4f2a9b1c')}`, '4f2a9b1c4f2a'],
    [`api:${hash('0a1b2')}`, '0a1b20a1b20a'],
    [`api:${'x'.repeat(128)}`, `${'x'.repeat(23)}…`],
    ['', 'latest'],
  ])('the tag of %s is %s', (image, tag) => expect(tagOf(image)).toBe(tag));

  test('a deploy is what changed', () => {
    expect(deployWords('r:5000/api:v2', 'r:5000/api:v1')).toBe('v1 → v2');
    expect(deployWords('r:5000/api-ng:v1', 'r:5000/api:v9')).toBe('api:v9 → api-ng:v1');
    expect(deployWords('api:latest', 'api')).toBe('a new image of latest');
    expect(deployWords('api:v2', undefined)).toBe('v2');
    expect(deployWords('a:\u202ex', 'a:y')).toBe('y → \\u{202e}x');
  });
});

describe('what comes from outside', () => {
  test.each([
    ['<!channel>', '&lt;!channel&gt;'],
    ['a&b', 'a&amp;b'],
    ['\u202egpj', '\\u{202e}gpj'],
    ['a\nb', 'a\\u{a}b'],
    ['\ud800', '\\u{d800}'],
    ['*x* ~y~ `z`', '∗x∗ ∼y∼ ˋzˋ'],
    [':tada: registry:5000/x:1', '∶tada: registry:5000/x:1'],
    ['e\u0301\u0301\u0301\u0301\u0301', 'e\u0301\u0301'],
    ['my_service-1.x', 'my_service-1.x'],
    ['größe 数据', 'größe 数据'],
  ])('%j is shown as %s', (text, shown) => expect(escapeText(text)).toBe(shown));

  test('is cut between what is seen as one character, and says so', () => {
    expect(clip('abcdef', 4)).toBe('abc…');
    expect(clip('abcd', 4)).toBe('abcd');
    expect(clip('ab👍🏽cd', 5)).toBe('ab…');
    expect(clip('x'.repeat(10_000_000), 10)).toBe('xxxxxxxxx…');
    expect(visible('x'.repeat(10_000_000)).length).toBeLessThan(10_000);
  });
});

test('what shrinks or stays is not said to grow', () => {
  const growthBytesPerHour = -0.4 * MIB;
  const event = { event: 'update', level: 'message', verdict: 'stable', reason: 'flat', limitAtMs: null } as const;
  const said = [
    newsWords({ kind: 'gone', atMs: NOW, sinceMs: NOW, growthBytesPerHour }, NOW),
    newsWords({ kind: 'snooze-over', atMs: NOW, growthBytesPerHour }, NOW),
    newsWords({ kind: 'update', atMs: NOW, event: { ...event, growthBytesPerHour } }, NOW),
  ];
  for (const words of said) {
    expect(words).toContain('−0.4 MiB/h per replica');
    expect(words).not.toMatch(/\+−|grows/);
  }
  expect(newsWords({ kind: 'update', atMs: NOW, event: { ...event, growthBytesPerHour: 0 } }, NOW)).toBe(
    'Changed: 0 KiB/h per replica',
  );
});
