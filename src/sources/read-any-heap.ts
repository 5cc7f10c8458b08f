import { constants, gunzipSync } from 'node:zlib';
import { personError } from '../errors.js';
import type { Heap } from '../model/heap.js';
import { decodeJemalloc } from './jemalloc/decode-heap.js';
import { decodeHistogram } from './jvm/decode-histogram.js';
import { decodeSampling } from './node/decode-sampling.js';
import { readHeaps } from './pprof/read-heap.js';
import { unpack } from './pprof/unpack.js';
import { decodeGcHistogram } from './python/decode-gc-histogram.js';
import { decodeTcmalloc } from './tcmalloc/decode-heap.js';

type Kind = { readonly name: string; readonly begins: RegExp; readonly decode: (text: string) => Heap };

/** Heaps that are text, by how they begin. */
const KINDS: readonly Kind[] = [
  {
    name: 'a class histogram of a JVM',
    begins: /^(?:\d+:\s*\n)?\s*num\s+#instances\s+#bytes\s+class name/,
    decode: decodeHistogram,
  },
  { name: 'a sampling profile of V8', begins: /^\s*\{\s*"(?:head|profile)"\s*:\s*\{/, decode: decodeSampling },
  { name: 'a heap profile of tcmalloc', begins: /^heap profile: .*@ (?:heapprofile|heap_v2\/)/, decode: decodeTcmalloc },
  { name: 'a heap dump of jemalloc', begins: /^heap_v2\/\d/, decode: decodeJemalloc },
  { name: 'a histogram of Python', begins: /^ *\d+ +\d+ +[A-Za-z_][\w.]*\n/, decode: decodeGcHistogram },
];
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
  const heap = kind.decode(textOf(now));
  if (!base) return [heap, null];
  onBase();
  if (kindOf(base) !== kind) throw personError(`is not ${kind.name}, as the other one is: they cannot be compared.`);
  return [heap, kind.decode(textOf(base))];
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
