import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { withDeadline } from '../../../src/errors.js';
import { makePrometheusClient, type PrometheusAddress } from '../../../src/sources/prometheus/client.js';
import { containersIn, gridOf } from '../../../src/sources/prometheus/query.js';
import { composeLabels, openMetrics } from '../../support/open-metrics.js';
import { type PrometheusPart, startPrometheus } from '../../support/parts/prometheus.js';

const NOBODY = { token: undefined, user: undefined, password: undefined, tenant: undefined };
const NOW = Date.UTC(2026, 10, 24, 12);
const GRID = gridOf(NOW - 3_600_000, NOW);
const never = new AbortController().signal;
const EMPTY = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } });

type Handler = (response: ServerResponse, request: IncomingMessage) => void;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function serve(handler: Handler) {
  const asked: IncomingMessage[] = [];
  const forms: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      forms.push(new URLSearchParams(body));
      handler(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, forms };
}
const ask = (url: string, over: Partial<PrometheusAddress> = {}, maxBytes?: number) =>
  makePrometheusClient({ ...NOBODY, url, ...over }, maxBytes).range('up', GRID, never);

describe('a server that does not do as asked', () => {
  const json = (status: number, body: object): Handler => {
    return (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  test.each<[string, Handler, RegExp]>([
    ['no token', (r) => r.writeHead(401).end('Unauthorized\n'), /refuses us \(401\); PROMETHEUS_TOKEN/],
    ['forbidden', (r) => r.writeHead(403).end('{}'), /refuses us \(403\)/],
    ['another path', (r) => r.writeHead(404).end('404 page not found'), /not there \(404\); PROMETHEUS_URL/],
    ['too much asked', json(422, { status: 'error', error: 'query would load too many samples' }), /422: query would load too/],
    ['busy', json(503, { status: 'error', error: 'timeout' }), /503: timeout/],
    [
      'a page',
      (r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>'),
      /what answers is none \(text\/html/,
    ],
    ['half an answer', (r) => r.writeHead(200, { 'content-length': '500' }).write('{', () => r.destroy()), /cannot be reached/],
    ['too long', (r) => r.end(Buffer.alloc(3_000, ' ')), /too large/],
    [
      'too long once it is unpacked',
      (r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(2 ** 22, ' '))),
      /too large/,
    ],
  ])('%s', async (_what, handler, sentence) => {
    const { url, asked } = await serve(handler);
    const asking = ask(url, { token: 'sesame' }, 2_048);
    await expect(asking).rejects.toThrow(sentence);
    await expect(asking).rejects.not.toThrow(/sesame|127\.0\.0\.1/);
    expect(asked).toHaveLength(1);
  });

  test('one that sends elsewhere is not followed, and the token stays here', async () => {
    const elsewhere = await serve((response) => response.end(EMPTY));
    const { url } = await serve((response) => response.writeHead(302, { location: `${elsewhere.url}/login` }).end());
    await expect(ask(url, { token: 'sesame' })).rejects.toThrow(/elsewhere \(302\)/);
    expect(elsewhere.asked).toEqual([]);
  });

  test('one that says nothing is not waited for, also in the middle of an answer', async () => {
    for (const handler of [() => {}, (r: ServerResponse) => r.writeHead(200).write('{')]) {
      const { url } = await serve(handler);
      const client = makePrometheusClient({ ...NOBODY, url });
      const asking = withDeadline(100, 'Prometheus', (signal) => client.range('up', GRID, signal));
      await expect(asking).rejects.toThrow('no answer in 100 ms');
    }
  });

  test('one that has hung up since the question before is asked again, once', async () => {
    const sockets = new Map<object, number>();
    let isMean = false;
    const { url, asked } = await serve((response, { socket }) => {
      const before = sockets.get(socket) ?? 0;
      sockets.set(socket, before + 1);
      if (isMean || before > 0) socket.destroy();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(EMPTY);
    });
    const client = makePrometheusClient({ ...NOBODY, url });
    await client.range('up', GRID, never);
    await client.range('up', GRID, never);
    expect(asked).toHaveLength(3);
    isMean = true;
    await expect(client.range('up', GRID, never)).rejects.toThrow(/cannot be reached/);
    expect(asked.length).toBeLessThanOrEqual(5);
  });

  test('one that is not there', async () => {
    await expect(ask('http://127.0.0.1:9')).rejects.toThrow('cannot be reached (ECONNREFUSED)');
    await expect(ask('http://prometheus.invalid')).rejects.toThrow(/cannot be reached \((ENOTFOUND|EAI_AGAIN)\)/);
  });
});

test.each<[string, Partial<PrometheusAddress>, Record<string, string>]>([
  ['a token', { token: 'sesame' }, { authorization: 'Bearer sesame' }],
  [
    'a name and a password',
    { user: 'ana', password: 'pä:ss' },
    { authorization: `Basic ${Buffer.from('ana:pä:ss').toString('base64')}` },
  ],
  ['a tenant', { tenant: 'ops' }, { 'x-scope-orgid': 'ops', 'thanos-tenant': 'ops' }],
])('%s is in the headers, under the path that was given', async (_what, address, headers) => {
  const { url, asked } = await serve((response) => response.end(EMPTY));
  await ask(`${url}/select/0/prometheus/`, address);
  expect(asked[0]).toMatchObject({ method: 'POST', url: '/select/0/prometheus/api/v1/query_range' });
  expect(asked[0]?.headers).toMatchObject(headers);
});

test('a VictoriaMetrics is told not to put old points in the place of the last ones', async () => {
  const { url, forms } = await serve((response) => response.end(EMPTY));
  await ask(url);
  const [first, last] = [GRID.fromMs, GRID.fromMs + (GRID.count - 1) * GRID.stepMs].map((ms) => String(ms / 1_000));
  expect(Object.fromEntries(forms[0] ?? [])).toEqual({ query: 'up', start: first, end: last, step: '60', latency_offset: '1ms' });
});

/** In a process of its own, so that what it takes is what the client takes. Gives the error's words, or the number of series, and by how much its memory rose. */
const ASKER = `
const { makePrometheusClient } = await import(process.argv[1]);
const nobody = { token: undefined, user: undefined, password: undefined, tenant: undefined };
const client = makePrometheusClient({ url: process.argv[2], ...nobody });
const grid = { fromMs: 0, stepMs: 60_000, count: 10 };
await client.range('up', grid, new AbortController().signal).catch(() => {});
global.gc();
const before = process.memoryUsage().rss;
let most = before;
const looking = setInterval(() => { most = Math.max(most, process.memoryUsage().rss); }, 5);
const said = await client.range('big', grid, new AbortController().signal).then(({ data }) => data.result.length, ({ message }) => message);
clearInterval(looking);
most = Math.max(most, process.memoryUsage().rss);
console.log(JSON.stringify({ said, roseMib: (most - before) / 2 ** 20 }));
`;
const SERIES = `{"metric":{"id":"/docker/${'ab'.repeat(32)}"},"values":[[0,"1"]]},`;

test.each<[string, string, number]>([
  ['500 MB', ' '.repeat(2 ** 20), 500],
  ['a million series', SERIES.repeat(10_000), 100],
])(
  '%s: no more is read than is taken, and memory rises by less than 64 MB',
  async (_what, piece, pieces) => {
    let sentBytes = 0;
    const { url } = await serve((response, request) => {
      if (request.url?.endsWith('query_range') && sentBytes === 0 && !response.headersSent) {
        // The first question warms it up.
        sentBytes = 1;
        response.end(EMPTY);
        return;
      }
      const body = Readable.from(
        (function* () {
          yield '{"status":"success","data":{"resultType":"matrix","result":[';
          for (let i = 0; i < pieces; i += 1) {
            sentBytes += piece.length;
            yield piece;
          }
        })(),
      );
      pipeline(body, response, () => {});
    });
    const args = [
      '--expose-gc',
      '--input-type=module',
      '-e',
      ASKER,
      join(process.cwd(), 'dist/src/sources/prometheus/client.js'),
      url,
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { said, roseMib } = JSON.parse(stdout) as { said: string; roseMib: number };
    expect(said).toBe('Prometheus: its answer is too large (over 16 MiB)');
    expect(roseMib).toBeLessThan(64);
    expect(sentBytes).toBeLessThan(40 * 2 ** 20);
  },
  60_000,
);

describe('a real Prometheus that wants a name and a password', () => {
  let prometheus: PrometheusPart;
  /** `secret`, by bcrypt with cost 4. */
  const WEB = 'basic_auth_users:\n  ana: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n';
  beforeAll(async () => {
    const told = { labels: composeLabels('ab'.repeat(32), 'api-svc'), samples: [{ t: NOW, anon: 7 }], startedAtMs: NOW };
    prometheus = await startPrometheus(openMetrics([told]), WEB);
  }, 30_000);
  afterAll(() => prometheus.stop());

  test('refuses who has none, and says so in words for a channel; answers who has', async () => {
    await expect(ask(prometheus.url)).rejects.toThrow(/refuses us \(401\)/);
    const client = makePrometheusClient({ ...NOBODY, url: prometheus.url, user: 'ana', password: 'wrong' });
    await expect(client.series(`up${containersIn()}`, NOW, NOW, never)).rejects.toThrow(/refuses us \(401\)/);
    const known = makePrometheusClient({ ...NOBODY, url: prometheus.url, user: 'ana', password: 'secret' });
    const answer = await known.series(`container_memory_rss${containersIn()}`, NOW - 60_000, NOW, never);
    expect(answer).toMatchObject({ status: 'success', data: [{ name: 'shop-api-svc-1' }] });
  });
});
