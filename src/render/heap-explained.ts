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

/** How much of the growth of memory the live heap explains. */
export function explainedLine({ reconciliation, runtime, kind }: HeapEvidence): string | undefined {
  if (!reconciliation || kind !== 'heap') return undefined;
  const { heapBytes, containerBytes, explained, by, says } = reconciliation;
  if (![heapBytes, containerBytes, explained.low, explained.high].every(Number.isFinite)) return undefined;
  const heap = `Live heap ${change(heapBytes)}`;
  if (says === 'not-grown') return `${heap}; memory of the container ${change(containerBytes)}: nothing to explain`;
  if (says === 'elsewhere') return `${heap}; memory ${change(containerBytes)}: look outside of it${places(runtime)}`;
  if (says === 'open') return `${heap}, memory ${change(containerBytes)}: too little to tell whether one explains the other`;
  const words = `${heap}${overhead(by, explained.high)}: explains ${share(explained, containerBytes)}`;
  return says === 'partly' ? `${words}; the rest is outside of it${places(runtime)}` : words;
}

/** Plain words for a first line: `not in the Go heap: that has 20 of +412 MiB`; undefined where the heap is what grew. */
export function elsewhereWords({ reconciliation, runtime, kind }: HeapEvidence): string | undefined {
  if (reconciliation?.says !== 'elsewhere' || kind !== 'heap') return undefined;
  const { heapBytes, containerBytes } = reconciliation;
  if (!Number.isFinite(heapBytes + containerBytes)) return undefined;
  const heap = runtime === 'go' ? 'the Go heap' : 'the heap';
  if (heapBytes <= 0) return `not in ${heap}: that did not grow, memory ${change(containerBytes)}`;
  return `not in ${heap}: that has ${bytesOf(heapBytes, containerBytes)} of growth`;
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
