import { personError } from '../errors.js';
import type { HeapBuilder } from './heap-builder.js';

/** As /proc/PID/maps has it: `55e062f04000-55e062f05000 r-xp 00001000 fe:00 2343057  /app/server`. */
const MAPPING = /^ *([0-9a-f]{1,16})-([0-9a-f]{1,16}) +\S+ +[0-9a-f]+ +\S+ +\d+ +(\S.*)$/;
/** What hands out memory for others: a call that ends in it was made by somebody else. */
const ALLOCATOR = /^\[lib(?:jemalloc|tcmalloc)/;

type Mapping = { readonly from: bigint; readonly to: bigint; readonly path: string };

/**
 * Says in which file an address of a stack lies. Without symbols that is all that is known of a call, and it is named as pprof does:
 * `[server]`, or `<unknown>`.
 */
export class Mappings {
  private all: Mapping[] | null = null;
  private readonly added: Mapping[] = [];
  private readonly calls = new Map<string, { readonly site: number; readonly isAllocator: boolean }>();
  private readonly heap: HeapBuilder;

  constructor(heap: HeapBuilder) {
    this.heap = heap;
  }

  add(line: string): void {
    const [, from, to, path] = MAPPING.exec(line) ?? [];
    if (path !== undefined) this.added.push({ from: BigInt(`0x${from}`), to: BigInt(`0x${to}`), path: path.trimEnd() });
  }

  /** A stack by its addresses, innermost first, without the calls inside of an allocator. Call it when all mappings are added. */
  stack(addresses: readonly string[]): number[] {
    const calls = addresses.map((address) => this.callAt(address));
    const first = calls.findIndex(({ isAllocator }) => !isAllocator);
    return calls.slice(Math.max(0, first)).map(({ site }) => site);
  }

  private callAt(address: string) {
    const known = this.calls.get(address);
    if (known) return known;
    // It is where the call returns to, which may lie behind its function: the call itself is before.
    const path = this.find(BigInt(address) - 1n)?.path;
    const name = path === undefined ? '<unknown>' : `[${path.slice(path.lastIndexOf('/') + 1)}]`;
    const call = { site: this.heap.site(name, path ?? null, 0), isAllocator: ALLOCATOR.test(name) };
    this.calls.set(address, call);
    return call;
  }

  private find(address: bigint): Mapping | undefined {
    this.all ??= this.added.toSorted((a, b) => (a.from < b.from ? -1 : 1));
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.all[middle]?.from ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    const found = this.all[low - 1];
    return found && address < found.to ? found : undefined;
  }
}

/**
 * What a sample of `count` objects and `bytes` stands for, when one byte in `rate` is sampled: a block of size s is seen with the
 * probability 1 - exp(-s / rate). A rate of 1 sees all of them.
 */
export function unsampled(count: number, bytes: number, rate: number): [count: number, bytes: number] {
  if (rate <= 1 || count === 0 || bytes === 0) return [count, bytes];
  const scale = -1 / Math.expm1(-(bytes / count) / rate);
  const scaled = [Math.round(count * scale), Math.round(bytes * scale)] as const;
  if (scaled.every(Number.isSafeInteger)) return [...scaled];
  throw personError(
    `is damaged: ${count} objects of ${bytes} bytes, sampled one in ${rate}, would be more memory than there is.`,
  );
}
