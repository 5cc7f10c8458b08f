import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openBytes } from '../../src/offline/bytes.js';

const folder = mkdtempSync(join(tmpdir(), 'leakwatch-offline-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function textOf(path: string, stdin = Readable.from([])): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const chunk of (await openBytes(path, stdin)).chunks) pieces.push(chunk);
  return Buffer.concat(pieces).toString();
}

describe('what is read', () => {
  const long = 'a line\n'.repeat(100_000);
  test.each([
    ['plain', 'plain.jsonl', Buffer.from(long)],
    ['gzip', 'zipped.jsonl.gz', gzipSync(long)],
    ['gzip under any name', 'zipped', gzipSync(long)],
    ['gzip of several parts, one after the other', 'parts.gz', Buffer.concat([gzipSync('a line\n'), gzipSync(long.slice(7))])],
  ])('%s', async (_, name, bytes) => {
    expect(await textOf(file(name, bytes))).toBe(long);
    expect(await textOf('-', Readable.from([bytes.subarray(0, 1), bytes.subarray(1)], { objectMode: false }))).toBe(long);
  });
  test('nothing, and a single byte', async () => {
    expect(await textOf(file('empty.gz', ''))).toBe('');
    expect(await textOf(file('one', '{'))).toBe('{');
  });
  test('how far: bytes of the file as it lies there', async () => {
    const zipped = gzipSync(long);
    const bytes = await openBytes(file('size.gz', zipped), Readable.from([]));
    for await (const _ of bytes.chunks);
    expect({ size: bytes.sizeBytes, read: bytes.readBytes() }).toEqual({ size: zipped.length, read: zipped.length });
  });
});

describe('one sentence about', () => {
  const zipped = gzipSync('a line\n'.repeat(1_000));
  const damaged = Buffer.concat([zipped.subarray(0, 20), Buffer.alloc(200, 0xff)]);
  test.each([
    ['a file that is not there', () => join(folder, 'nowhere'), 'there is no such file.'],
    ['a folder', () => folder, 'is a directory, not a file.'],
    [
      'what stands below a file',
      () => join(file('a-file', '{}'), 'history.jsonl'),
      'there is no such file: a part of its path is a file, not a directory.',
    ],
    ['a name that no file can have', () => join(folder, 'a'.repeat(300)), 'cannot be read (ENAMETOOLONG).'],
    ['a name that promises gzip', () => file('plain.gz', '{}'), 'is named .gz, but is not gzip.'],
    [
      'gzip that ends too early',
      () => file('cut.gz', zipped.subarray(0, -12)),
      'its gzip data ends in the middle: the file is not whole.',
    ],
    ['damaged gzip', () => file('damaged.gz', damaged), 'its gzip data is damaged.'],
    ['a picture', () => file('a.png', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')), 'is binary; '],
    ['a zipped picture', () => file('a.png.gz', gzipSync(Buffer.from('\x89PNG\0'))), 'is binary; '],
    ['UTF-16', () => file('utf16', Buffer.from('\ufeff{}\n', 'utf16le')), 'is binary; '],
  ])('%s', async (_, make, sentence) => {
    const path = make();
    await expect(textOf(path)).rejects.toMatchObject({ who: 'person', message: expect.stringContaining(`${path}: ${sentence}`) });
  });
  test('what came before a cut is given all the same', async () => {
    const long = gzipSync(Buffer.from(Array.from({ length: 200_000 }, (_, i) => `${(i * 7919) % 65_537}\n`).join('')));
    const { chunks } = await openBytes(file('late-cut.gz', long.subarray(0, -1_000)), Readable.from([]));
    let read = '';
    const reading = (async () => {
      for await (const chunk of chunks) read += chunk.toString();
    })();
    await expect(reading).rejects.toMatchObject({ who: 'person' });
    expect(read.startsWith('0\n7919\n')).toBe(true);
  });
});

test.each([
  ['plain', (text: string) => Buffer.from(text)],
  ['zipped', (text: string) => gzipSync(text)],
])('who stops early lets go of the file: %s', async (_, pack) => {
  let closed = false;
  const source = new Readable({
    read() {
      this.push(pack('a line\n'.repeat(1_000)));
    },
    destroy(error, done) {
      closed = true;
      done(error);
    },
  });
  for await (const _ of (await openBytes('-', source)).chunks) break;
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(true);
});
