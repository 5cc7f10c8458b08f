import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import { makeRawFiles, type RawOutcome } from '../../src/http/raw-files.js';
import { LINK_LIFE_MS, linkKey, makeRawLinks, RAW_PATH, readPath, signedPath } from '../../src/http/raw-links.js';
import { startHttp } from '../../src/http/server.js';
import type { Archive } from '../../src/model/archive.js';
import { makeFileArchive } from '../../src/store/file-archive.js';
import { until } from '../support/parts/process.js';

const TOKEN = 'xoxb-1-2-abcdefghijklmnop';
const KEY = linkKey(TOKEN);
const NOW = 1_800_000_000_000;
const NAME = 'shop/api-svc 3 heap h-1';
const BYTES = Buffer.from('\u001f\u008b a profile', 'latin1');

let [folder, base] = ['', ''];
let nowMs = NOW;
let archive: Archive;
let server: Server;
let outcomes: RawOutcome[] = [];
let logged: Record<string, unknown>[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });

async function* pieces(...all: Buffer[]): AsyncGenerator<Buffer> {
  yield* all;
}
async function serve(more: { archive?: Pick<Archive, 'get'>; sendMs?: number } = {}): Promise<void> {
  const rawFiles = makeRawFiles({
    archive,
    key: KEY,
    outcome: (one) => void outcomes.push(one),
    log,
    nowMs: () => nowMs,
    ...more,
  });
  server = await startHttp({ notReady: async () => [], metrics: async () => '', rawFiles }, 0, '127.0.0.1');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
beforeEach(async () => {
  [nowMs, outcomes, logged] = [NOW, [], []];
  folder = mkdtempSync(join(tmpdir(), 'leakwatch-raw-'));
  archive = makeFileArchive(folder);
  await archive.put({ kind: 'heaps', name: NAME, form: 'pb.gz', meta: {} }, pieces(BYTES));
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});
const links = (over: Partial<Parameters<typeof makeRawLinks>[0]> = {}) =>
  makeRawLinks({ archive, publicUrl: base, key: KEY, nowMs: () => nowMs, ...over });
const linkTo = async (name: string) => (await links().of(name, 'U1'))?.url ?? '';

describe('a link that was made for an operator', () => {
  test('gives the file as it was sent, to be saved under a name of letters and digits, kept by nobody on the way', async () => {
    await serve();
    const response = await fetch(await linkTo(NAME));
    expect([response.status, Buffer.from(await response.arrayBuffer())]).toEqual([200, BYTES]);
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="shop-api-svc-3-heap-h-1-[0-9a-f]{16}\.[0-9a-f]{12}\.pb\.gz"$/,
    );
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'content-length': String(BYTES.length),
    });
    // The last byte can be here before the server knows that it is.
    await until('the file to be counted', 5_000, async () => logged.length > 0);
    expect(outcomes).toEqual(['sent']);
    expect(logged).toMatchObject([{ msg: 'a raw heap was fetched', user: 'U1', heap: NAME, bytes: BYTES.length }]);
  });
  test('is good for 15 minutes, and not for a moment longer', async () => {
    await serve();
    const [link, made] = [await linkTo(NAME), nowMs];
    nowMs = made + LINK_LIFE_MS - 1;
    expect((await fetch(link)).status).toBe(200);
    nowMs = made + LINK_LIFE_MS;
    expect((await fetch(link)).status).toBe(404);
  });
  test('HEAD says how much it would be', async () => {
    await serve();
    const response = await fetch(await linkTo(NAME), { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, String(BYTES.length)]);
  });
});

describe('whatever else comes is the same 404', () => {
  const bodies = new Set<string>();
  const isRefused = async (path: string) => {
    const response = await fetch(base + path);
    bodies.add(await response.text());
    expect([path, response.status]).toEqual([path, 404]);
  };
  const signed = (name: string, key = KEY) => signedPath({ name, user: 'U1', untilMs: NOW + 1_000 }, key);

  test.each<[string, () => string]>([
    ['a list', () => RAW_PATH],
    ['a file by its name', () => `${RAW_PATH}${readdirSync(join(folder, 'heaps'))[0]}`],
    ['a link of another bot’s', () => signed(NAME, linkKey('xoxb-another'))],
    ['one that was made with no key', () => signed(NAME, Buffer.alloc(32))],
    ['one without its signature', () => signed(NAME).replace(/\.[^.]*$/, '')],
    ['an empty signature', () => signed(NAME).replace(/\.[^.]*$/, '.')],
    ['a signature cut short', () => signed(NAME).slice(0, -4)],
    ['one with more behind it', () => `${signed(NAME)}.x`],
    ['the signature of another file', () => `${signed(NAME).split('.')[0]}.${signed('another').split('.')[1]}`],
    ['a file that is gone', () => signed('cart 1 heap h-2')],
    ['a name that is a path', () => signed('../heaps/x')],
    ['a long one', () => `${RAW_PATH}${'a'.repeat(9_000)}.b`],
    [
      'a long one that is signed',
      () => {
        const payload = 'a'.repeat(4_001);
        return `${RAW_PATH}${payload}.${createHmac('sha256', KEY).update(payload.slice(0, 4_000)).digest('base64url')}`;
      },
    ],
  ])('%s', async (_, path) => {
    await serve();
    await isRefused(path());
    expect([outcomes, logged]).toEqual([['refused'], []]);
    expect(bodies.size).toBe(1);
  });
  test('any letter that is changed, and any noise', () => {
    const link = signed(NAME);
    fc.assert(
      fc.property(fc.nat(link.length - RAW_PATH.length - 2), fc.constantFrom('A', 'b', '9', '-', '_', '.'), (at, letter) => {
        const i = RAW_PATH.length + at;
        const changed = link.slice(0, i) + letter + link.slice(i + 1);
        expect(changed === link || readPath(changed, KEY, NOW) === null).toBe(true);
      }),
    );
    fc.assert(fc.property(fc.string(), (noise) => expect(readPath(RAW_PATH + noise, KEY, NOW)).toBeNull()));
    expect(readPath(link, KEY, NOW)).toEqual({ name: NAME, user: 'U1', untilMs: NOW + 1_000 });
  });
  test('without an address of its own the bot serves none', async () => {
    server = await startHttp({ notReady: async () => [], metrics: async () => '' }, 0, '127.0.0.1');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await fetch(base + signed(NAME))).status).toBe(404);
  });
});

describe('what goes wrong with the archive or the line', () => {
  test('a file that is damaged: not now, and the log says why', async () => {
    await serve();
    const [content = ''] = readdirSync(join(folder, 'heaps')).filter((name) => name.endsWith('.pb.gz'));
    truncateSync(join(folder, 'heaps', content), 3);
    expect((await fetch(await linkTo(NAME))).status).toBe(503);
    expect([outcomes, JSON.stringify(logged)]).toEqual([['failed'], expect.stringContaining('is damaged')]);
  });
  test('who does not read is cut off, and who comes fifth waits; no file is left open', async () => {
    let filesClosed = 0;
    const entry = { kind: 'heaps', name: NAME, form: 'pb.gz', meta: {}, bytes: 2 ** 30, atMs: 0, file: 'x.pb.gz' } as const;
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (let i = 0; i < 1_024; i += 1) yield Buffer.alloc(2 ** 20);
      } finally {
        filesClosed += 1;
      }
    }
    await serve({ archive: { get: async () => ({ entry, content: endless() }) }, sendMs: 1_500 });
    const path = signedPath({ name: NAME, user: 'U1', untilMs: NOW + 1_000 }, KEY);
    const slow = Array.from({ length: 4 }, () => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      const [begun, ended] = [
        new Promise((resolve) => socket.once('readable', resolve)),
        new Promise((resolve) => socket.once('close', resolve)),
      ];
      socket.on('error', () => {});
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
      return { socket, begun, ended };
    });
    await Promise.all(slow.map(({ begun }) => begun));
    expect((await fetch(base + path)).status).toBe(503);
    for (const { socket } of slow) setTimeout(() => socket.resume(), 1_600);
    await Promise.all(slow.map(({ ended }) => ended));
    expect(outcomes).toEqual(['failed', 'failed', 'failed', 'failed', 'failed']);
    expect(filesClosed).toBe(4);
  });
});

describe('who makes links', () => {
  test('of a bucket: its own', async () => {
    server = await startHttp({ notReady: async () => [], metrics: async () => '' }, 0, '127.0.0.1');
    const asked: unknown[] = [];
    const link = async (...args: unknown[]) => {
      asked.push(args);
      return 'https://bucket/x?X-Amz-Signature=1';
    };
    const made = await links({ archive: { ...archive, link }, publicUrl: undefined }).of(NAME, 'U1');
    expect([made, asked]).toEqual([
      { url: 'https://bucket/x?X-Amz-Signature=1', untilMs: NOW + LINK_LIFE_MS },
      [['heaps', NAME, LINK_LIFE_MS]],
    ]);
  });
  test('what is not there has none; what has to be set is said', async () => {
    await serve();
    expect(await links().of('cart 1 heap h-2', 'U1')).toBeNull();
    await expect(links({ publicUrl: undefined }).of(NAME, 'U1')).rejects.toThrow(/LEAKWATCH_PUBLIC_URL of the bot is not set/);
    await expect(links({ archive: null }).of(NAME, 'U1')).rejects.toThrow(/The bot has no archive: set LEAKWATCH_ARCHIVE_URL/);
    expect((await links({ publicUrl: `${base}/leakwatch/` }).of(NAME, 'U1'))?.url).toMatch(
      new RegExp(`^${base}/leakwatch/heaps/[\\w-]+\\.[\\w-]{43}$`),
    );
  });
  test('the key tells nothing of the token, and is another one for another token', () => {
    expect(KEY).toHaveLength(32);
    expect(linkKey(TOKEN).equals(KEY)).toBe(true);
    expect(linkKey(`${TOKEN}x`).equals(KEY)).toBe(false);
    expect(signedPath({ name: NAME, user: 'U1', untilMs: NOW }, KEY)).not.toContain(TOKEN);
  });
});
