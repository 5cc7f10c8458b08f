import { personError } from '../../errors.js';
import type { Heap } from '../../model/heap.js';
import { BELOW_THRESHOLD } from '../../model/massif.js';
import { HeapBuilder } from '../heap-builder.js';
import { isAllocator } from './allocators.js';
import type { TreeText } from './check-tree.js';
import { decodeLabel } from './decode-label.js';
import { decodeNode, type Node } from './decode-node.js';
import { LIMITS } from './limits.js';

const LINE_END = 0x0a;

/** Takes one node of a tree that was checked: its label, and how many calls it is below the root. */
export type TakeNode = (depth: number, node: Node, label: string) => void;

/** Walks over a tree in the order in which it was written. */
export function eachNode(text: TreeText, take: TakeNode): void {
  const node: Node = { callers: 0, bytes: 0, labelFrom: 0 };
  const toCome: number[] = [1];
  for (const { bytes, from, to } of text) {
    for (let at = from; at < to; ) {
      const end = bytes.indexOf(LINE_END, at);
      const stop = end < 0 || end > to ? to : end;
      if (decodeNode(bytes, at, stop, node)) {
        take(toCome.length - 1, node, bytes.toString('utf8', node.labelFrom, stop).trimEnd());
        toCome.push((toCome.pop() ?? 0) - 1);
        if (node.callers > 0) toCome.push(node.callers);
        while (toCome.at(-1) === 0) toCome.pop();
      }
      at = stop + 1;
    }
  }
}

/**
 * A tree as a heap. Massif writes it from the allocators outwards, and each way through it is a stack:
 *
 *     n2: 421 (heap allocation functions) …        the root is no call: it is the sum
 *      n2: 400 0x1: xmalloc (mem.c:3)
 *       n0: 390 0x2: put (cache.c:5)               390  xmalloc, put
 *       n0: 10 in 1 place, below …                  10  xmalloc             who called is not known
 *      n0: 21 in 2 places, all below …              21  (below massif's threshold)
 *
 * Calls inside of an allocator are left out of the inner end of a stack (`allocators.ts`), unless nothing else is known. The values
 * of all stacks together are what the root holds.
 */
export function decodeHeap(text: TreeText): Heap {
  const heap = new HeapBuilder([{ name: 'inuse_space', unit: 'bytes' }], LIMITS.frames);
  const sites = new Map<string, number>();
  const inAllocator: boolean[] = [];
  const siteOf = (label: string): number => {
    const known = sites.get(label);
    if (known !== undefined) return known;
    const { function: name, file, line } = decodeLabel(label);
    const site = heap.site(name, file, line);
    inAllocator[site] = isAllocator(name);
    sites.set(label, site);
    if (sites.size > LIMITS.labels) throw personError(`is refused: more than ${LIMITS.labels} different places in a tree.`);
    return site;
  };
  const below = heap.site(BELOW_THRESHOLD, null, 0);
  /** The call at each depth, what of its bytes no caller has taken yet. */
  const [path, left]: [number[], number[]] = [[], []];
  const endTo = (depth: number) => {
    while (path.length > depth) {
      const bytes = left.pop() ?? 0;
      const calls = path.slice(1);
      path.pop();
      if (bytes === 0) continue;
      if (calls.at(-1) === below) calls.pop();
      let first = 0;
      while (first < calls.length - 1 && inAllocator[calls[first] ?? 0]) first += 1;
      if (!heap.stack(calls.length > 0 ? calls.slice(first) : [below], [bytes])) throw tooDeep();
    }
  };
  eachNode(text, (depth, { bytes }, label) => {
    endTo(depth);
    if (depth > 0) left[depth - 1] = (left[depth - 1] ?? 0) - bytes;
    path.push(depth > 0 ? siteOf(label) : below);
    left.push(bytes);
  });
  endTo(0);
  return heap.build();
}

function tooDeep(): Error {
  return personError(`is refused: more than ${LIMITS.frames} calls in all stacks of a tree together.`);
}
