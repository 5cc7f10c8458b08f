import { median } from 'simple-statistics';
import type { GoMemory, Overhead, Reconciliation } from '../model/heap-evidence.js';
import { isBytes, type Samples } from '../model/sample.js';

const MIB = 2 ** 20;
const MINUTE_MS = 60_000;
/** Memory at the time of a heap is the middle of the samples around it; roll-ups are five minutes apart: the nearest has to do. */
const AROUND_MS = 2 * MINUTE_MS;
const NEAR_MS = 5 * MINUTE_MS;
/** Of the time between two heaps: no sample counts for both. */
const APART = 0.25;
/** Less than this, or than a hundredth of what there is, needs no explanation: a few pages come and go. A choice. */
const LEAST_BYTES = 4 * MIB;
const LEAST_SHARE = 0.01;
/** Shares of the growth of memory. `heap`: what is left is within what GOGC and size classes blur. Choices. */
const EXPLAINS = 0.7;
const HARDLY = 1 / 3;
/** Go's collector begins when the heap has grown by this, unless GOGC says otherwise (pkg.go.dev/runtime, "Environment Variables"). */
const USUAL_GOGC = 100;
/** Below this goal it is not GOGC that decides: the least goal is 4 MiB times GOGC / 100. */
const LEAST_GOAL = 8 * MIB;

/** What the runtime adds to a live heap: of Go, what was told at both times, what was told once, or nothing; another allocator; unknown. */
export type HeapRuntime =
  | { readonly is: 'go'; readonly first: GoMemory | null; readonly last: GoMemory | null }
  | { readonly is: 'allocator' };

/**
 * How much of the growth of a container's memory its live heap explains, over the same time. A live heap of Go's takes more than itself:
 *
 *     anon   ‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾   what was reached is given back slowly, if at all
 *     heap     /|   /|   /|   /|      goal = live × (1 + GOGC / 100)
 *             / |  / |  / |  / |
 *     live ___  |_/  |_/  |_/  |_
 *
 * so that its growth costs (1 + GOGC / 100) times itself: exactly so only while it grows. Where Go has said at both ends what it had from
 * the system, that is taken; where it said its goal, the share is; else it is between the live heap and twice that, which is said.
 */
export function reconcile(memory: MemoryGrowth, heap: HeapChange, runtime: HeapRuntime): Reconciliation {
  const { by, explained } = explainedBy(heap.grownBytes, runtime);
  const most = by.how === 'runtime' ? explained.high : mostOf(heap, runtime);
  const said = saying(memory, explained.high, most);
  const isAround = by.how === 'runtime' && (said === 'heap' || said === 'partly') && isSmall(memory, heap, runtime);
  return {
    containerBytes: memory.grownBytes,
    heapBytes: heap.grownBytes,
    explained,
    by,
    says: isAround ? 'around' : said,
  };
}

/** What it may cost for all that sampling leaves open, bytes. */
function mostOf({ grownBytes, errorBytes }: HeapChange, runtime: HeapRuntime): number {
  return explainedBy(grownBytes + errorBytes, runtime).explained.high;
}

/**
 * Go has more from the system, and its live heap is not why: stacks of goroutines, or garbage of a peak that is not given back yet. By GOGC
 * that heap would cost
 *
 *     Go has  |███████████████████|  400 MiB more
 *     cost    |███|                   40 MiB
 */
function isSmall({ grownBytes }: MemoryGrowth, heap: HeapChange, runtime: HeapRuntime): boolean {
  return runtime.is === 'go' && mostOf(heap, { ...runtime, first: null }) < HARDLY * grownBytes;
}

function explainedBy(heapBytes: number, runtime: HeapRuntime): Pick<Reconciliation, 'by' | 'explained'> {
  if (runtime.is === 'allocator') return { by: { how: 'none' }, explained: { low: heapBytes, high: heapBytes } };
  const { first, last } = runtime;
  if (first && last) {
    const had = last.sysBytes - last.releasedBytes - (first.sysBytes - first.releasedBytes);
    const [before, after] = [first.stackBytes, last.stackBytes];
    const stacks = before === undefined || after === undefined ? {} : { stackBytes: after - before };
    return { by: { how: 'runtime', ...stacks }, explained: { low: had, high: had } };
  }
  const percent = gogcOf(last ?? first);
  const most = heapBytes * (1 + (percent ?? USUAL_GOGC) / 100);
  const by: Overhead = percent === null ? { how: 'usual' } : { how: 'gogc', percent };
  const [low = 0, high = 0] = [percent === null ? heapBytes : most, most].sort((a, b) => a - b);
  return { by, explained: { low, high } };
}

/**
 * By the goal of the next collection: live + (live + stacks + globals) × GOGC / 100 (since Go 1.18). Globals are left out: it is rounded to
 * fives. With GOMEMLIMIT it is what that leaves of it.
 */
function gogcOf(memory: GoMemory | null): number | null {
  if (!memory || memory.liveBytes <= 0 || memory.nextGcBytes < LEAST_GOAL) return null;
  const counted = memory.liveBytes + (memory.stackBytes ?? 0);
  return Math.max(0, 5 * Math.round((20 * (memory.nextGcBytes - memory.liveBytes)) / counted));
}

/** `likely` and `most`: bytes that are explained, and that may be for all that sampling leaves open. */
function saying({ grownBytes, nowBytes }: MemoryGrowth, likely: number, most: number): Reconciliation['says'] {
  if (grownBytes < Math.max(LEAST_BYTES, LEAST_SHARE * nowBytes)) return 'not-grown';
  if (likely >= EXPLAINS * grownBytes) return 'heap';
  if (most < HARDLY * grownBytes) return 'elsewhere';
  return likely < HARDLY * grownBytes ? 'open' : 'partly';
}

/** Anonymous memory of a replica over the time between two heaps: how much more it is at the end, and what it is then, bytes. */
export type MemoryGrowth = { readonly grownBytes: number; readonly nowBytes: number };

/** Of the live heap over the same time, and what sampling leaves open of it (`samplingError`), bytes. */
export type HeapChange = { readonly grownBytes: number; readonly errorBytes: number };

/** Of samples in any order. Null: none near one of the two times; memory of other times would be compared with these heaps. */
export function growthBetween(samples: Samples, fromMs: number, toMs: number): MemoryGrowth | null {
  const [before, after] = [fromMs, toMs].map((ms) => anonAt(samples, ms, APART * (toMs - fromMs)));
  return typeof before === 'number' && typeof after === 'number' ? { grownBytes: after - before, nowBytes: after } : null;
}

function anonAt(samples: Samples, atMs: number, mostMs: number): number | null {
  const near = [...samples]
    .flatMap(({ t, anon }) => (isBytes(anon) ? [{ anon, offMs: Math.abs(t - atMs) }] : []))
    .filter(({ offMs }) => offMs <= Math.min(NEAR_MS, mostMs))
    .sort((a, b) => a.offMs - b.offMs);
  const around = near.filter(({ offMs }) => offMs <= AROUND_MS);
  if (around.length > 0) return median(around.map(({ anon }) => anon));
  return near[0]?.anon ?? null;
}
