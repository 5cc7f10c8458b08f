import type { Binary } from '../../model/inside.js';

const MAGIC = 0x7f454c46;
const [CLASS_64, LITTLE_ENDIAN] = [2, 1];
const [PT_INTERP, PT_NOTE] = [3, 4];
const HEADER_BYTES = 64;
const PROGRAM_BYTES = 56;
const MAX_PROGRAMS = 64;
const MAX_NAME = 200;

/**
 * What a program is, by the first 64 KiB of its file (ELF-64, little-endian: amd64 and arm64): who loads it, which is where its libraries come from,
 * and whether Go made it, which allocates by itself. No loader: linked statically. What is cut off or not understood is `other`.
 */
export function decodeBinary(head: Buffer): Binary {
  if (head[0] === 0x23 && head[1] === 0x21) {
    const [, interpreter = ''] = /^#!\s*(\S{1,200})/.exec(head.toString('latin1', 0, MAX_NAME)) ?? [];
    return { kind: 'script', interpreter };
  }
  const is64 = head.length >= HEADER_BYTES && head.readUInt32BE(0) === MAGIC && head[4] === CLASS_64 && head[5] === LITTLE_ENDIAN;
  if (!is64) return { kind: 'other' };
  const [from, size, count] = [Number(head.readBigUInt64LE(32)), head.readUInt16LE(54), head.readUInt16LE(56)];
  if (size !== PROGRAM_BYTES || count > MAX_PROGRAMS) return { kind: 'other' };
  let [loader, isGo]: [string | null, boolean] = [null, false];
  for (let i = 0; i < count; i += 1) {
    const at = from + i * PROGRAM_BYTES;
    if (at + PROGRAM_BYTES > head.length) return { kind: 'other' };
    const part = () => {
      const [offset, length] = [Number(head.readBigUInt64LE(at + 8)), Number(head.readBigUInt64LE(at + 32))];
      return head.subarray(Math.min(offset, head.length), Math.min(offset + length, head.length));
    };
    const type = head.readUInt32LE(at);
    if (type === PT_INTERP) loader = part().toString('latin1', 0, MAX_NAME).replace(/\0.*$/s, '');
    if (type === PT_NOTE) isGo ||= hasGoNote(part());
  }
  return { kind: 'elf', loader, isGo };
}

/** Notes: length of the name, length of the rest, type, and both padded to four bytes. */
function hasGoNote(notes: Buffer): boolean {
  for (let at = 0; at + 12 <= notes.length; ) {
    const [name, rest] = [notes.readUInt32LE(at), notes.readUInt32LE(at + 4)];
    if (notes.toString('latin1', at + 12, at + 12 + Math.min(name, 8)).replace(/\0+$/, '') === 'Go') return true;
    at += 12 + padded(name) + padded(rest);
  }
  return false;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
