const SPACE = 0x20;
const TAB = 0x09;
const N = 0x6e;
const COLON = 0x3a;
const ZERO = 0x30;

/** One line of a tree: how many callers follow, what it holds, and where its label begins. Written into, line after line. */
export type Node = { callers: number; bytes: number; labelFrom: number };

/**
 * Decodes ` n2: 37653 0x109193: cache_put (leak.c:5)`: spaces mean nothing, the count of callers does. False where it is no such
 * line, or a number is negative or beyond 2^53.
 */
export function decodeNode(bytes: Buffer, from: number, to: number, node: Node): boolean {
  let at = from;
  while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at += 1;
  if (bytes[at] !== N) return false;
  const callersFrom = at + 1;
  [node.callers, at] = [0, callersFrom];
  for (let digit = digitAt(bytes, at, to); digit >= 0; digit = digitAt(bytes, at, to)) {
    node.callers = node.callers * 10 + digit;
    at += 1;
  }
  if (at === callersFrom || at >= to || bytes[at] !== COLON) return false;
  at += 1;
  while (at < to && bytes[at] === SPACE) at += 1;
  const bytesFrom = at;
  node.bytes = 0;
  for (let digit = digitAt(bytes, at, to); digit >= 0; digit = digitAt(bytes, at, to)) {
    node.bytes = node.bytes * 10 + digit;
    at += 1;
  }
  if (at === bytesFrom || at >= to || bytes[at] !== SPACE) return false;
  node.labelFrom = at + 1;
  return node.callers <= Number.MAX_SAFE_INTEGER && node.bytes <= Number.MAX_SAFE_INTEGER;
}

function digitAt(bytes: Buffer, at: number, to: number): number {
  const digit = at < to ? (bytes[at] ?? 0) - ZERO : -1;
  return digit <= 9 ? digit : -1;
}
