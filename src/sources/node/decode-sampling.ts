import { personError } from '../../errors.js';
import type { Heap } from '../../model/heap.js';
import { HeapBuilder } from '../heap-builder.js';
import { MOST_FRAMES, tooMany } from '../whole-number.js';

/** V8 keeps 16 calls (its default for a sample); async chains and tools that join them stay far below. */
const MAX_DEPTH = 4_096;

type Frame = { readonly functionName: string; readonly url: string; readonly lineNumber: number };
type Node = { readonly callFrame: Frame; readonly selfSize: number; readonly children: readonly unknown[] };

/**
 * Decodes what V8's sampling profiler answers (`HeapProfiler.stopSampling`, a `.heapprofile`): a tree from the root inwards, in
 * which a node holds what its function allocated itself and is still alive. V8 has scaled it. Its lines count from 0.
 *
 * It is a growth by itself: of what there was before `startSampling` it knows nothing.
 */
export function decodeSampling(text: string): Heap {
  const heap = new HeapBuilder([{ name: 'space', unit: 'bytes' }], MOST_FRAMES);
  const path: number[] = [];
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: headOf(text), depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { callFrame, selfSize, children } = nodeOf(next.value);
    if (next.depth >= MAX_DEPTH) throw personError(`is refused: a stack of more than ${MAX_DEPTH} calls.`);
    path.length = next.depth;
    const line = Math.max(0, callFrame.lineNumber + 1);
    path.push(heap.site(callFrame.functionName || '(anonymous)', callFrame.url || null, line));
    if (selfSize > 0 && !heap.stack(path.toReversed(), [selfSize])) throw tooMany();
    for (let i = children.length - 1; i >= 0; i -= 1) open.push({ value: children[i], depth: next.depth + 1 });
  }
  return heap.build();
}

function headOf(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    const { head, profile } = (parsed ?? {}) as { head?: unknown; profile?: { head?: unknown } };
    return head ?? profile?.head;
  } catch {
    throw personError('is no JSON, or is cut off.');
  }
}

function nodeOf(value: unknown): Node {
  const { callFrame, selfSize, children } = (value ?? {}) as Partial<Record<keyof Node, unknown>>;
  const { functionName, url, lineNumber } = (callFrame ?? {}) as Partial<Record<keyof Frame, unknown>>;
  const isFrame = typeof functionName === 'string' && typeof url === 'string' && isWhole(lineNumber) && lineNumber >= -1;
  if (!isFrame || !isWhole(selfSize) || selfSize < 0 || !Array.isArray(children)) {
    throw personError('is no profile of V8: a node has no callFrame, selfSize and children.');
  }
  return { callFrame: { functionName, url, lineNumber }, selfSize, children };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
