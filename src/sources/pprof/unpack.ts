import { gunzipSync } from 'node:zlib';
import { personError } from '../../errors.js';
import { LIMITS } from './limits.js';

const GZIP_MAGIC = 0x1f8b;
const SENTENCES: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'is cut off: its gzip data ends in the middle.',
  Z_DATA_ERROR: 'is damaged: its gzip data is not right.',
};

/**
 * A profile as it comes, unpacked; gzip is known by its first two bytes (Go sends no header that would say so). A bomb is stopped
 * where it passes the limit.
 */
export function unpack(bytes: Buffer): Buffer {
  if (bytes.length > LIMITS.bytes) throw tooLarge();
  if (bytes.length < 18 || bytes.readUInt16BE(0) !== GZIP_MAGIC) return bytes;
  const most = Math.min(LIMITS.bytes, Math.max(LIMITS.ratioFromBytes, LIMITS.ratio * bytes.length));
  const promised = bytes.readUInt32LE(bytes.length - 4);
  try {
    // The last four bytes say how large it is, if they are the last: one piece of that size, and no second copy of it.
    const chunkSize = promised <= most ? Math.max(1_024, promised + 1) : 64 * 1_024;
    const unpacked = gunzipSync(bytes, { maxOutputLength: most, chunkSize });
    if (unpacked.length > 1 && unpacked.readUInt16BE(0) === GZIP_MAGIC) throw personError('is gzipped twice: unpack it once.');
    return unpacked;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    const sentence = SENTENCES[code ?? ''];
    throw sentence ? personError(sentence) : error;
  }
}

function tooLarge(): Error {
  return personError(
    `is refused: more than ${LIMITS.bytes / 2 ** 20} MiB, or more than ${LIMITS.ratio} times what it is packed to.`,
  );
}
