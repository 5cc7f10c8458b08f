import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { personError } from '../../errors.js';

const GZIP_MAGIC = [0x1f, 0x8b];

/** A file as it comes, without its gzip where it has one. How much may come out of it is watched by who reads the lines. */
export async function* unpacked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const parts = chunks[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  for (let next = await parts.next(); !next.done; next = await parts.next()) {
    head = Buffer.concat([head, next.value]);
    if (head.length >= GZIP_MAGIC.length) break;
  }
  async function* whole(): AsyncGenerator<Buffer> {
    yield head;
    for (let next = await parts.next(); !next.done; next = await parts.next()) yield next.value;
  }
  if (GZIP_MAGIC.some((byte, i) => head[i] !== byte)) return yield* whole();
  const gunzip = createGunzip();
  // What breaks either comes out of `gunzip`.
  pipeline(Readable.from(whole(), { objectMode: false }), gunzip).catch(() => {});
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (error) {
    throw personError(`is damaged: what it is packed with (gzip) says ${(error as Error).message}.`);
  }
}
