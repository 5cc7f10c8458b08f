import { createServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ContainerAddresses } from '../../../src/model/profiler.js';
import { makeProfiler, type ProfilerLimits } from '../../../src/sources/pprof/client.js';
import { hostileServer } from '../../support/hostile-server.js';
import { patient } from '../../support/patience.js';

const limits = { connectMs: 300, wholeMs: 700, mostBytes: 2 ** 20 };
const LIMITS: ProfilerLimits = {
  ...{ profile: limits, index: limits, text: limits },
  head: { ...limits, mostBytes: 64, isCut: true },
};
const profiler = makeProfiler(LIMITS);
const never = new AbortController().signal;
const PLACE = { port: 8081, path: '/debug/pprof' };
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serve(answer: Parameters<typeof hostileServer>[0]) {
  const server = await hostileServer(answer);
  open.push(server);
  return server;
}
/** A container whose port 8081 is published here. */
const at = (hostPort: number, more: Partial<ContainerAddresses> = {}): ContainerAddresses => ({
  ...{ ips: [], published: [{ port: 8081, ip: '127.0.0.1', hostPort }], exposed: [8081], hostNetwork: false },
  ...more,
});
const fetchFrom = (port: number, profile: 'heap' | 'goroutine' = 'heap') => profiler.fetch(at(port), PLACE, profile, never);

describe('what is asked', () => {
  test('a heap after a collection, in one request, as it is: nothing of it is unpacked', async () => {
    const packed = gzipSync('not looked into');
    const server = await serve((_, response) => response.end(packed));
    expect(await fetchFrom(server.port)).toEqual(packed);
    expect(server.asked.map(({ path }) => path)).toEqual(['/debug/pprof/heap?gc=1']);
    expect(server.asked[0]?.headers).toMatchObject({ 'accept-encoding': 'identity', connection: 'close' });
    expect(Object.keys(server.asked[0]?.headers ?? {})).not.toContain('authorization');
  });
  test('where the engine says it is, and where it is published when nobody is there', async () => {
    const server = await serve((_, response) => response.end(gzipSync('x')));
    // No way leads there.
    const addresses = at(server.port, { ips: ['fd12:3456:789a::2'] });
    expect(await profiler.fetch(addresses, PLACE, 'goroutine', never)).not.toBeNull();
    expect(server.asked.map(({ path }) => path)).toEqual(['/debug/pprof/goroutine']);
  });
  test('nobody is there', async () => {
    const server = await hostileServer(() => {});
    await server.close();
    expect(await fetchFrom(server.port)).toBeNull();
  });
  test('its ports are tried, each once, and the one that is pprof’s is known by its page', async () => {
    const page = '<a href="goroutine?debug=1">goroutine</a> <a href="heap?debug=1">heap</a>';
    const other = await serve((_, response) => response.end('<h1>heap of goroutine shop</h1>'));
    const pprof = await serve(({ url }, response) => response.end(url === '/debug/pprof/' ? page : ''));
    const addresses = {
      ...at(0, { exposed: [80, 6060] }),
      published: [
        { port: 80, ip: '127.0.0.1', hostPort: other.port },
        { port: 6060, ip: '127.0.0.1', hostPort: pprof.port },
      ],
    };
    expect(await profiler.find(addresses, never)).toEqual({ port: 6060, path: '/debug/pprof' });
    expect([other, pprof].map(({ asked }) => asked.length)).toEqual([1, 1]);
  });
  test('figures beside a heap; labels of goroutines are not among them', async () => {
    const server = await serve(({ url }, response) => {
      if (url?.startsWith('/debug/pprof/goroutine'))
        return response.end(`goroutine profile: total 412\n1 @ 0x1\n# labels: {"tenant":"jane"}\n${'x'.repeat(10_000)}`);
      response.end(
        `heap profile: 1: 2\n\n# runtime.MemStats\n# Sys = 21338376\n# HeapAlloc = 8270208\n# HeapReleased = 5242880\n# NextGC = 10783778\n`,
      );
    });
    const facts = await profiler.facts(at(server.port), PLACE, never);
    expect(facts).toEqual({
      goroutines: 412,
      memory: { sysBytes: 21_338_376, releasedBytes: 5_242_880, liveBytes: 8_270_208, nextGcBytes: 10_783_778 },
    });
    const gone = await profiler.facts(at(1), PLACE, never);
    expect(gone).toEqual({});
  });
});

describe('a server that anybody may have written', () => {
  let canary: { server: Server; connections: number };
  beforeEach(async () => {
    const server = createServer((socket) => {
      canary.connections += 1;
      socket.destroy();
    });
    canary = { server, connections: 0 };
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
  });
  const canaryUrl = () => `http://127.0.0.1:${(canary.server.address() as { port: number }).port}/latest/meta-data/`;
  afterEach(() => expect(canary.connections).toBe(0));

  test.each<[string, Parameters<typeof hostileServer>[0], string]>([
    [
      'sends a page',
      (_, response) => response.end('<!doctype html><p>Sign in'),
      'what port 8081 sends is a web page, not a profile',
    ],
    ['sends nothing', (_, response) => response.end(), 'port 8081 answers with nothing at all'],
    [
      'has no pprof',
      (_, response) => response.writeHead(404).end('404 page not found'),
      'port 8081 has no /debug/pprof/heap (404)',
    ],
    ['wants a password', (_, response) => response.writeHead(401).end(), 'port 8081 asks for a password (401)'],
    ['is ill', (_, response) => response.writeHead(500).end('<@U1> panic'), 'port 8081 answers with 500'],
    [
      'is Go’s, and says what is wrong',
      (_, response) => response.writeHead(400, { 'X-Go-Pprof': '1' }).end('profile duration exceeds server’s WriteTimeout\nmore'),
      'pprof on port 8081 says: profile duration exceeds server',
    ],
    [
      'sends 200 MB',
      (_, response) => response.writeHead(200, { 'content-length': 200 * 2 ** 20 }).flushHeaders(),
      'sends more than 1 MiB',
    ],
    ['sends without an end', endless, 'sends more than 1 MiB'],
    ['drips', drip, 'does not send a whole answer in 0.7 s'],
    ['never answers', () => {}, 'does not send a whole answer in 0.7 s'],
    [
      'breaks off',
      (_, response) => void response.writeHead(200, { 'content-length': 99 }).write('x', () => response.destroy()),
      'broke off in the middle',
    ],
    [
      'packs what it sends',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(2 ** 24))),
      'packs its answer',
    ],
    ['does not speak HTTP', ({ socket }) => void socket.end('+PONG\r\n'), 'is not HTTP'],
  ])('%s', async (_, answer, sentence) => {
    const server = await serve(answer);
    const from = performance.now();
    await expect(fetchFrom(server.port)).rejects.toMatchObject({ who: 'world', message: expect.stringContaining(sentence) });
    expect(performance.now() - from).toBeLessThan(patient(3_000));
    expect(server.asked).toHaveLength(1);
  });

  test.each([301, 302, 303, 307, 308])('%i to the metadata of a cloud is not followed', async (status) => {
    const server = await serve((_, response) => response.writeHead(status, { location: canaryUrl() }).end());
    await expect(fetchFrom(server.port)).rejects.toThrow(`answers with a redirect (${status}), which is not followed`);
  });

  test('a proxy of the environment is not asked', async () => {
    const server = await serve((_, response) => response.end(gzipSync('x')));
    const before = process.env.HTTP_PROXY;
    process.env.HTTP_PROXY = canaryUrl();
    try {
      expect(await fetchFrom(server.port)).not.toBeNull();
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
    }
  });

  test('who stops waiting ends it', async () => {
    const server = await serve(drip);
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(profiler.fetch(at(server.port), PLACE, 'heap', stop.signal)).rejects.toThrow('enough');
  });
});

function endless(_: unknown, response: Parameters<Parameters<typeof hostileServer>[0]>[1]): void {
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536)));
  };
  response.on('drain', more);
  more();
}

function drip(_: unknown, response: Parameters<Parameters<typeof hostileServer>[0]>[1]): void {
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(timer));
}
