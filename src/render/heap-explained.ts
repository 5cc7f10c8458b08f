import type { HeapEvidence, Overhead, Reconciliation } from '../model/heap-evidence.js';
import { bytes, bytesOf, change, count, percent } from './units.js';

/** Where else memory of a process is, by its runtime: what a heap profile does not see. */
const ELSEWHERE = {
  go: 'cgo, mmap, fragmentation',
  jvm: 'direct buffers, threads, native libraries',
  node: 'Buffers, native add-ons',
  python: 'native extensions, fragmentation',
  native: 'mmap, other allocators, fragmentation',
} as const;

/** Of what Go has more: so much of it is what it is. A choice. */
const MOST_OF_IT = 0.5;

/** How much of the growth of memory the live heap explains. */
export function explainedLine({ reconciliation, runtime, kind }: HeapEvidence): string | undefined {
  if (!reconciliation || kind !== 'heap') return undefined;
  const { heapBytes, containerBytes, explained, by, says } = reconciliation;
  if (![heapBytes, containerBytes, explained.low, explained.high].every(Number.isFinite)) return undefined;
  const heap = `Live heap ${change(heapBytes)}`;
  if (says === 'not-grown') return `${heap}; memory of the container ${change(containerBytes)}: nothing to explain`;
  const had = by.how === 'runtime' ? `${overhead(by, explained.high)}, ` : '; ';
  if (says === 'around') return `${heap}${had}memory ${change(containerBytes)}: ${aroundWords(by, explained.high)}`;
  if (says === 'elsewhere') return `${heap}${had}memory ${change(containerBytes)}: look outside of it${places(runtime)}`;
  if (says === 'open') return `${heap}, memory ${change(containerBytes)}: too little to tell whether one explains the other`;
  const words = `${heap}${overhead(by, explained.high)}: explains ${share(explained, containerBytes)}`;
  return says === 'partly' ? `${words}; the rest is outside of it${places(runtime)}` : words;
}

/** Plain words for a first line: `not in the Go heap: that has 20 of +412 MiB`; undefined where the heap is what grew. */
export function elsewhereWords({ reconciliation, runtime, kind }: HeapEvidence): string | undefined {
  if (kind !== 'heap' || (reconciliation?.says !== 'elsewhere' && reconciliation?.says !== 'around')) return undefined;
  const { heapBytes, containerBytes, explained, says, by } = reconciliation;
  if (!Number.isFinite(heapBytes + containerBytes + explained.high)) return undefined;
  const stacks = says === 'around' ? stacksOf(by, explained.high) : undefined;
  if (stacks !== undefined)
    return `in stacks of goroutines: those have ${bytesOf(Math.min(stacks, containerBytes), containerBytes)} of growth`;
  // It grew into what Go had already.
  if (says === 'elsewhere' && heapBytes > explained.high && heapBytes > containerBytes / 3)
    return `not in Go: that has ${change(explained.high)} from the system, memory ${change(containerBytes)}`;
  const heap = says === 'around' ? 'the live heap' : runtime === 'go' ? 'the Go heap' : 'the heap';
  if (heapBytes <= 0) return `not in ${heap}: that did not grow, memory ${change(containerBytes)}`;
  return `not in ${heap}: that has ${bytesOf(heapBytes, containerBytes)} of growth`;
}

/** What Go needs memory for beside its live heap. */
function aroundWords(by: Overhead, had: number): string {
  if (by.how !== 'runtime' || by.stackBytes === undefined) return 'stacks of goroutines, or garbage of a peak';
  const stacks = change(by.stackBytes);
  return stacksOf(by, had) === undefined ? `garbage of a peak, or holes; stacks ${stacks}` : `stacks of goroutines, ${stacks}`;
}

/** Of stacks, where they are what it is. */
function stacksOf(by: Overhead, had: number): number | undefined {
  return by.how === 'runtime' && by.stackBytes !== undefined && by.stackBytes >= MOST_OF_IT * had ? by.stackBytes : undefined;
}

function places(runtime: HeapEvidence['runtime']): string {
  return runtime === null ? '' : `: ${ELSEWHERE[runtime]}`;
}

function overhead(by: Overhead, explained: number): string {
  switch (by.how) {
    case 'gogc':
      return by.percent === 0
        ? '; it is collected all the time'
        : `; at GOGC=${by.percent} that holds ${times(1 + by.percent / 100)}`;
    case 'usual':
      return '; with garbage up to twice that (GOGC not known)';
    case 'runtime':
      return `; Go has ${bytes(explained)} more from the system`;
    case 'none':
      return '';
  }
}

function times(factor: number): string {
  return factor === 2 ? 'about twice' : `about ${count(Number(factor.toFixed(1)), 'time')} as much`;
}

/** `216 of 225 MiB (96 %)`, `108–216 of 225 MiB (48–96 %)`, `all of 50 MiB`. */
function share({ low, high }: Reconciliation['explained'], of: number): string {
  if (low >= of) return `all of ${bytes(of)}`;
  const most = Math.min(high, of);
  if (bytes(low) === bytes(most)) return `${bytesOf(most, of)} (${percent(most, of)})`;
  const [least = '', unit] = bytes(low).split(' ');
  const from = bytes(most).endsWith(` ${unit}`) ? `${least}–` : `${bytes(low)} to `;
  return `${from}${bytesOf(most, of)} (${percent(low, of).replace(' %', '')}–${percent(most, of)})`;
}
