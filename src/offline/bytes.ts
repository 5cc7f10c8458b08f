import { open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { personError } from '../errors.js';
import { inputName } from './problem.js';

/** What an input file says, decompressed, and how far it has been read. */
export type Bytes = {
  readonly chunks: AsyncIterable<Buffer>;
  /** Of the file as it lies there; null when nobody knows (standard input, a pipe). */
  readonly sizeBytes: number | null;
  /** Taken from the file so far, a little ahead of `chunks`. */
  readBytes(): number;
};

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file: a part of its path is a file, not a directory',
  EISDIR: 'is a directory, not a file',
  EACCES: 'may not be read by this user',
  Z_BUF_ERROR: 'its gzip data ends in the middle: the file is not whole',
  Z_DATA_ERROR: 'its gzip data is damaged',
};

/** What is in a file of histories. */
const HISTORIES = 'a JSON object in each line';

/**
 * Opens a file of text, or standard input for `-`. Gzip is known by its first two bytes, not by its name. Throws a person's error,
 * here and while reading: a sentence with the file's name in it, and with what is expected where it is no text at all.
 */
export async function openBytes(path: string, stdin: Readable, expected = HISTORIES): Promise<Bytes> {
  try {
    const { stream, sizeBytes } = path === '-' ? { stream: stdin, sizeBytes: null } : await openFile(path);
    let read = 0;
    const counted = count(stream, (bytes) => (read += bytes));
    const { head, whole } = await peek(counted, GZIP_MAGIC.length);
    const zipped = head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC);
    if (!zipped && path.endsWith('.gz') && head.length > 0) throw personError(`${path}: is named .gz, but is not gzip.`);
    const chunks = told(path, refuseBinary(path, expected, zipped ? unzip(whole) : whole));
    return { chunks, sizeBytes, readBytes: () => read };
  } catch (error) {
    throw sentenceOf(path, error);
  }
}

async function openFile(path: string): Promise<{ stream: Readable; sizeBytes: number | null }> {
  const file = await open(path);
  const stat = await file.stat();
  return { stream: file.createReadStream({ highWaterMark: 256 * 1024 }), sizeBytes: stat.isFile() ? stat.size : null };
}

async function* count(stream: AsyncIterable<Buffer>, add: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    add(chunk.length);
    yield chunk;
  }
}

/** The first bytes (at least `length`, unless there are fewer), and everything with them still in it. */
async function peek(chunks: AsyncGenerator<Buffer>, length: number): Promise<{ head: Buffer; whole: AsyncGenerator<Buffer> }> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < length) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield head;
      yield* chunks;
    } finally {
      // Who stops before the first chunk lets go of the file too.
      await chunks.return(undefined);
    }
  }
  return { head, whole: all() };
}

async function* unzip(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // Errors of either come out of `gunzip`; the callback is there so that nobody else has to hear them.
  pipeline(Readable.from(chunks, { objectMode: false }), gunzip, () => {});
  for await (const chunk of gunzip) yield chunk;
}

/** No text has a byte 0 in it: pictures, archives and UTF-16 do. */
async function* refuseBinary(path: string, expected: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of chunks) {
    if (first && chunk.includes(0)) throw personError(`${inputName(path)}: is binary; ${expected} is expected, in UTF-8.`);
    first = first && chunk.length === 0;
    yield chunk;
  }
}

async function* told(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw sentenceOf(path, error);
  }
}

/** A person's error for what cannot be read, with the file's name in it; anything else as it is. */
export function sentenceOf(path: string, error: unknown): unknown {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  // A name too long, a link to itself, a disk that is failing: rare, and the system's word for it says enough.
  const sentence = SENTENCES[code] ?? (syscall ? `cannot be read (${code})` : undefined);
  return sentence ? personError(`${inputName(path)}: ${sentence}.`) : error;
}
