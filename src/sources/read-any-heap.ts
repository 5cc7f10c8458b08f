import { constants, gunzipSync } from 'node:zlib';
import { personError } from '../errors.js';
import type { FileKind } from '../model/dropped-file.js';
import type { Heap } from '../model/heap.js';
import { decodeJemalloc } from './jemalloc/decode-heap.js';
import { decodeHistogram } from './jvm/decode-histogram.js';
import { readMassif } from './massif/read-massif.js';
import { decodeSampling } from './node/decode-sampling.js';
import { readHeaps } from './pprof/read-heap.js';
import { unpack } from './pprof/unpack.js';
import { decodeGcHistogram } from './python/decode-gc-histogram.js';
import { decodeTcmalloc } from './tcmalloc/decode-heap.js';

type Kind = {
  readonly kind: FileKind;
  readonly name: string;
  readonly begins: RegExp;
  readonly decode: (text: string) => Heap | Promise<Heap>;
};

/** Heaps that are text, by how they begin. */
const KINDS: readonly Kind[] = [
  {
    kind: 'jvm',
    name: 'a class histogram of a JVM',
    begins: /^(?:\d+:\s*\n)?\s*num\s+#instances\s+#bytes\s+class name/,
    decode: decodeHistogram,
  },
  { kind: 'v8', name: 'a sampling profile of V8', begins: /^\s*\{\s*"(?:head|profile)"\s*:\s*\{/, decode: decodeSampling },
  {
    kind: 'tcmalloc',
    name: 'a heap profile of tcmalloc',
    begins: /^heap profile: .*@ (?:heapprofile|heap_v2\/)/,
    decode: decodeTcmalloc,
  },
  { kind: 'jemalloc', name: 'a heap dump of jemalloc', begins: /^heap_v2\/\d/, decode: decodeJemalloc },
  { kind: 'python', name: 'a histogram of Python', begins: /^ *\d+ +\d+ +[A-Za-z_][\w.<>]*\r?\n/, decode: decodeGcHistogram },
  { kind: 'massif', name: 'a file of Massif', begins: /^desc: ?[^\n]*\n(?:[^\n]*\n)?cmd: /, decode: lastTree },
];
/** How a profile of pprof's begins as a rule: with what it counts, which begins with a number. It has no mark of its own. */
const PROFILE = /^\n[\x02-\x0c]\x08/;
/** As much of a file as tells, packed or not. */
const HEAD_BYTES = 1_024;

/**
 * Decodes a heap of any runtime, and an earlier one to compare it with: pprof's protobuf, or one of the texts above; gzipped or not.
 * Throws a person's error whose sentence goes behind a name; `onBase` is told before the second is begun.
 */
export async function readAnyHeaps(
  now: Buffer,
  base: Buffer | null,
  onBase: () => void = () => {},
): Promise<[Heap, Heap | null]> {
  const kind = kindOf(now);
  if (!kind) return readHeaps(now, base, onBase);
  const heap = await kind.decode(textOf(now));
  if (!base) return [heap, null];
  onBase();
  if (kindOf(base) !== kind) throw personError(`is not ${kind.name}, as the other one is: they cannot be compared.`);
  return [heap, await kind.decode(textOf(base))];
}

/** What a file is, behind `is` and `is not`; what is known by no beginning of its own is taken for pprof's. */
export function nameOfFile(bytes: Buffer): string {
  return kindOf(bytes)?.name ?? "a profile in pprof's protobuf";
}

/** What a file is by how it begins; `go` where that may be pprof's. Null: none of what is read here. */
export function kindOfFile(bytes: Buffer): FileKind | null {
  const known = kindOf(bytes);
  if (known) return known.kind;
  return PROFILE.test(headOf(bytes.subarray(0, HEAD_BYTES)).toString('latin1', 0, 8)) ? 'go' : null;
}

/** What a program under Massif held last. */
async function lastTree(text: string): Promise<Heap> {
  async function* whole(): AsyncGenerator<Buffer> {
    yield Buffer.from(text);
  }
  const { to } = await readMassif(whole(), {}, true);
  if (!to) throw personError('has no tree in it that would say who holds the memory: run it longer, or with --detailed-freq=1.');
  return to.heap;
}

function kindOf(bytes: Buffer): Kind | undefined {
  const head = headOf(bytes.subarray(0, HEAD_BYTES)).toString('latin1', 0, HEAD_BYTES);
  return KINDS.find(({ begins }) => begins.test(head));
}

/** Damaged as it may be: who decodes it will say so. */
function headOf(bytes: Buffer): Buffer {
  if (bytes.length < 18 || bytes.readUInt16BE(0) !== 0x1f8b) return bytes;
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 2 ** 21 });
  } catch {
    return bytes;
  }
}

function textOf(bytes: Buffer): string {
  return unpack(bytes).toString('utf8');
}
