import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MIB } from '../support/draw-series.js';
import { drawnTold } from '../support/drawn-told.js';
import { openMetrics, type Told } from '../support/open-metrics.js';
import { rows, runCommand } from '../support/parts/command.js';
import { freePort } from '../support/parts/process.js';
import { type PrometheusPart, startPrometheus } from '../support/parts/prometheus.js';

/** The command as it is built, and a real Prometheus that remembers two days: a leak that ran into its limit, a quiet service, and one with a hostile name. */
const [MINUTE, HOUR] = [60_000, 3_600_000];
const END = Math.floor(Date.now() / (5 * MINUTE)) * 5 * MINUTE;
const EVIL = 'a"} or vector(1) #\u001b[31m';

const told = (service: string, number: number, picture: string, over: Record<string, string> = {}) =>
  drawnTold(service, number, picture, END, over);

/**
 * Calm, and what looks like growth to who does not look closely: restarts, after which counters begin anew, an hour without scrapes, and scrapes
 * each five minutes, then each minute, then each other minute.
 *
 *     ____________!__________ ________!__________
 */
function jolted(): Told {
  const { labels, samples, startedAtMs } = told(
    'jolted-svc',
    1,
    `${'_'.repeat(12)}!${'_'.repeat(10)} ${'_'.repeat(11)}!${'_'.repeat(12)}`,
  );
  const first = samples[0]?.t ?? 0;
  const everyMs = (t: number) => (t < first + 12 * HOUR ? 5 * MINUTE : t < first + 30 * HOUR ? MINUTE : 2 * MINUTE);
  const counted = samples.map((sample) => {
    const startMs = typeof startedAtMs === 'number' ? startedAtMs : startedAtMs(sample.t);
    return { ...sample, cpuNanos: 1e5 * (sample.t - startMs) };
  });
  return { labels, startedAtMs: first - HOUR, samples: counted.filter(({ t }) => (t - first) % everyMs(t) === 0) };
}

let prometheus: PrometheusPart;
beforeAll(async () => {
  const leak = `${'_'.repeat(20)}${'/'.repeat(23)}!${'_'.repeat(4)}`;
  prometheus = await startPrometheus(
    openMetrics([
      ...[told('api-svc', 1, leak), told('api-svc', 2, `${'_'.repeat(20)}${'/'.repeat(22)}${'_'.repeat(6)}`)],
      jolted(),
      ...[told('cache-svc', 1, '_'.repeat(48)), told(EVIL, 1, '_'.repeat(48))],
    ]),
  );
}, 60_000);
afterAll(() => prometheus.stop());

describe('leakwatch replay --prometheus', () => {
  test('says per service what would have been posted, and how long before its end a leak would have been caught', async () => {
    const { code, output, errors } = await runCommand(['replay', '--prometheus', prometheus.url, '--since', '2d']);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const [evil, api, ...others] = output.split(/^(?=\S)/m);
    expect(evil).toMatch(/^shop\/a"} or vector\(1\) #\?\[31m · 1 replica · 2 d · quiet\n$/);
    expect(api).toMatch(/^shop\/api-svc · 2 replicas · (2 d|47 h \d+)\n/);
    expect(api).toMatch(/^ {2}\d{4}-\d\d-\d\d \d\d:\d\d UTC {2}(message|page {3}) {2}🔴 api-svc leaking: \+[78](\.\d)? MiB\/h/m);
    expect(api).toMatch(/^ {2}Caught \d+ h( \d+)? before its end: hv-01 #1 ended at 2[34]\d of 256 MiB$/m);
    expect(others).toContainEqual(expect.stringMatching(/^shop\/cache-svc · 1 replica · .* · quiet\n/));
    // No false leak of restarts that only the counters tell of, of a gap, or of scrapes that come at other times.
    expect(others).toContainEqual(expect.stringMatching(/^shop\/jolted-svc · 1 replica · .* · quiet\n/));
    expect(others.at(-1)).toMatch(/^4 services: 1 leak said.*; 1 of the leaks before a replica ran into its limit\.\n$/);
    expect(output).not.toMatch(/\u001b|<!date|&amp;/);
  }, 120_000);

  test('of some services alone: named as /leak check takes them, said several times or twice of one', async () => {
    const names = ['--service', 'api-svc', '--service', 'shop/cache-svc', '--service', 'shop-api-svc-2'];
    const { code, output, errors } = await runCommand(['replay', '--prometheus', prometheus.url, '--since', '2d', ...names]);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output.match(/^shop\S*/gm)).toEqual(['shop/api-svc', 'shop/cache-svc']);
    expect(output).toMatch(/^2 services: 1 leak said/m);
    const none = await runCommand([
      'replay',
      '--prometheus',
      prometheus.url,
      '--since',
      '2d',
      '--service',
      'cache-svc',
      '--json',
    ]);
    expect(none).toMatchObject({ code: 0, output: '', errors: '' });
  }, 120_000);

  test('as JSON it is what a file gives, one id a service', async () => {
    const { code, output } = await runCommand(['replay', '--prometheus', prometheus.url, '--since', '2d', '--json']);
    expect(code).toBe(0);
    const [first, ...rest] = rows(output);
    expect(Object.keys(first)).toEqual([
      ...['id', 't', 'event', 'level', 'verdict', 'reason', 'growthBytesPerHour', 'limitAtMs'],
      'of',
    ]);
    expect(first.of[1] - first.of[0]).toBe(48 * HOUR);
    expect(new Set([first, ...rest].map(({ id }) => id))).toEqual(new Set(['shop/api-svc']));
    expect(first.t).toBeGreaterThan(END - 28 * HOUR);
  }, 120_000);
});

describe('leakwatch export --prometheus', () => {
  test('prints what assess reads, a line a replica, of one service or of all', async () => {
    const one = await runCommand(['export', 'api-svc', '--prometheus', prometheus.url, '--since', '2d']);
    expect(one).toMatchObject({ code: 0, errors: '' });
    expect(rows(one.output).map(({ id, limitBytes, intervalSec }) => [id, limitBytes, intervalSec])).toEqual([
      ['hv-01/shop/api-svc/1', 256 * MIB, 300],
      ['hv-01/shop/api-svc/2', 256 * MIB, 300],
    ]);
    expect(rows(one.output)[0].runs).toHaveLength(2);
    const all = await runCommand(['export', '--prometheus', prometheus.url, '--since', '28h']);
    expect(rows(all.output)).toHaveLength(5);
    const assessed = await runCommand(['assess', '-'], all.output);
    expect(assessed).toMatchObject({ code: 0, errors: '' });
    expect(rows(assessed.output).find(({ id }) => id === 'hv-01/shop/cache-svc/1')).toMatchObject({ verdict: 'stable' });
  }, 60_000);

  test.each<[string, string[], number, RegExp]>([
    ['a service that is near another', ['export', 'api-scv', '--prometheus', 'URL'], 2, /No "api-scv"\. Did you mean api-svc\?/],
    [
      'such a service of a replay, beside one that is there',
      ['replay', '--prometheus', 'URL', '--service', 'cache-svc', '--service', 'api-scv'],
      ...([2, /No "api-scv"\. Did you mean api-svc\?/] as const),
    ],
    ['a service with a file', ['replay', 'x.jsonl', '--service', 'api-svc'], 2, /--service is of a --prometheus/],
    ['no time back', ['replay', '--prometheus', 'URL', '--since', 'monday'], 2, /--since: "monday" is no time back/],
    ['no URL', ['replay', '--prometheus', 'prometheus:9090'], 2, /is no URL with http/],
    ['a file as well', ['replay', 'x.jsonl', '--prometheus', 'URL'], 2, /a file, or --prometheus/],
    ['neither', ['replay'], 2, /a file, or --prometheus/],
    ['one that is not there', ['replay', '--prometheus', 'NOBODY'], 1, /Prometheus: cannot be reached \(ECONNREFUSED\)/],
  ])('%s is said in a sentence', async (_what, args, code, sentence) => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const asked = args.map((word) => ({ URL: prometheus.url, NOBODY: nobody })[word] ?? word);
    const answer = await runCommand(asked);
    expect(answer).toMatchObject({ code, output: '' });
    expect(answer.errors).toMatch(sentence);
    expect(answer.errors.split('\n').length).toBeLessThanOrEqual(2);
  });
});
