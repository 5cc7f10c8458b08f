import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { LEDGER_LINE } from '../../src/offline/decode-ledger.js';

/** The corpus cannot be used, and why, in words for who gave it. */
export class CorpusError extends Error {}

const Bytes = z.number().nullish();
const CorpusSample = z.object({
  t: z.number(),
  ...{
    usage: Bytes,
    anon: Bytes,
    file: Bytes,
    workingSet: Bytes,
    inactiveFile: Bytes,
    shmem: Bytes,
    kernel: Bytes,
    limit: Bytes,
  },
  ...{ cpuNanos: Bytes, netRxBytes: Bytes, netTxBytes: Bytes, leastAnon: Bytes, leastKernel: Bytes, leastShmem: Bytes },
});
/** What the makers of the case know: long-run growth in bytes per hour, and Unix ms; null or absent when there is none. */
const Truth = z.object({
  slopeBytesPerHour: z.number().nullish(),
  onsetMs: z.number().nullish(),
  oomMs: z.number().nullish(),
  nextOomMs: z.number().nullish(),
});
const Run = z.object({
  startedAt: z.number(),
  image: z.string().optional(),
  imageId: z.string().optional(),
  oomKilled: z.boolean().optional(),
});
const Line = z.object({
  id: z.string(),
  family: z.string(),
  label: z.enum(['leak', 'no-leak']),
  intervalSec: z.number().positive(),
  limitBytes: z.number().nullable(),
  samples: z.array(CorpusSample).min(1),
  restarts: z.array(z.number()).optional(),
  runs: z.array(Run).optional(),
  ledger: z.array(LEDGER_LINE).optional(),
  truth: Truth,
});

/** One labelled memory history; memory in bytes, times in Unix ms. Detectors may read all but `family`, `label` and `truth`. */
export type CorpusLine = z.infer<typeof Line>;

/**
 * The lines of FILE.jsonl or FILE.jsonl.gz (told by its first bytes), one at a time, so that weeks of many services need the
 * memory of one. Throws CorpusError with file, line and field.
 */
export async function* readCorpus(path: string): AsyncGenerator<CorpusLine> {
  let [number, cases] = [0, 0];
  for await (const text of linesOf(path)) {
    number += 1;
    if (text.trim() === '') continue;
    cases += 1;
    yield parseLine(text, `${path}:${number}`);
  }
  if (cases === 0) throw new CorpusError(`${path}: has no series in it`);
}

function parseLine(text: string, where: string): CorpusLine {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CorpusError(`${where}: not JSON: ${wordsOf(error)}`);
  }
  const parsed = Line.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CorpusError(`${where}: ${issue?.path.join('.') || 'line'}: ${issue?.message ?? 'not a case'}`);
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const bytes = new PassThrough();
  const read = (await isGzip(path))
    ? pipeline(createReadStream(path), createGunzip(), bytes)
    : pipeline(createReadStream(path), bytes);
  // It rejects with what the loop below throws, too: here that is heard, so that it is told once.
  read.catch(() => {});
  const decoder = new StringDecoder('utf8');
  let rest: string[] = [];
  try {
    for await (const chunk of bytes) {
      const [first = '', ...more] = decoder.write(chunk as Buffer).split('\n');
      rest.push(first);
      for (const next of more) {
        yield rest.join('');
        rest = [next];
      }
    }
  } catch (error) {
    throw new CorpusError(`${path}: cannot be read: ${wordsOf(error)}`);
  }
  const last = rest.join('');
  if (last !== '') yield last;
}

/** RFC 1952, 2.3.1: a gzip file begins with 1f 8b. */
async function isGzip(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) throw new CorpusError(`${path}: is a directory, not a corpus (.jsonl or .jsonl.gz)`);
    const file = await open(path);
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0).finally(() => file.close());
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } catch (error) {
    if (error instanceof CorpusError) throw error;
    throw new CorpusError(`${path}: ${wordsOf(error)}`);
  }
}

/** Of what was thrown: the missing file in our words, everything else in its own. */
function wordsOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'no such file';
  return 'message' in error ? String(error.message) : String(error);
}
