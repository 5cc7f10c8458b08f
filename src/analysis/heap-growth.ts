import type { Heap, HeapGrowth, HeapRow, Rank } from '../model/heap.js';
import { busiestLines } from './heap-lines.js';
import { pickMeasure } from './heap-measure.js';
import { addTo, type Sums } from './heap-sums.js';

/** Values are added as numbers where all of them together are below it, and in halves where they are not. */
const EXACT = 2 ** 53;
const HALF = 2n ** 32n;

/**
 * A heap by function or, beside an earlier one, how it grew: flat and cum are those of `go tool pprof -top` (with `-diff_base`),
 * exactly. Only the order differs: pprof ranks by size without sign, which puts what was freed between what leaks; here growth
 * comes first and what shrank last. Functions are the same when their names are: builds and addresses do not matter.
 *
 * `name` is the measure, or the heap's usual one. Throws a person's error where it is not there or cannot be compared.
 */
export function heapGrowth(now: Heap, base: Heap | null, by: Rank = 'flat', name?: string): HeapGrowth {
  const picked = pickMeasure(now, base, name);
  const values = now.values[picked.now] ?? new BigInt64Array();
  const baseValues = base?.values[picked.base] ?? new BigInt64Array();
  const [total, baseTotal] = [totals(values), totals(baseValues)];
  const rows = sumUp(now, base, values, baseValues, Number(total.size + baseTotal.size) < EXACT);
  return {
    measure: picked.measure,
    total: total.size,
    baseTotal: base ? baseTotal.size : null,
    grown: total.sum - baseTotal.sum,
    rows: rows.sort(by === 'flat' ? byFlat : byCum),
  };
}

/** The sum, and the sum of what stands there without its sign. */
function totals(values: BigInt64Array): { sum: bigint; size: bigint } {
  let [sum, size] = [0, 0];
  for (const value of values) {
    sum += Number(value);
    size += Math.abs(Number(value));
  }
  if (size < EXACT) return { sum: BigInt(sum), size: BigInt(size) };
  let exact = { sum: 0n, size: 0n };
  for (const value of values) exact = { sum: exact.sum + value, size: exact.size + (value < 0n ? -value : value) };
  return exact;
}

function sumUp(now: Heap, base: Heap | null, values: BigInt64Array, baseValues: BigInt64Array, isSmall: boolean): HeapRow[] {
  const names = [...now.functions];
  const numbers = new Map(names.map((name, number) => [name, number]));
  const inBase = base?.functions.map((name) => numbers.get(name) ?? names.push(name) - 1) ?? [];
  const ofSite = now.sites.functions;
  const ofBaseSite = base?.sites.functions.map((number) => inBase[number] ?? 0) ?? new Uint32Array();
  const flatOfSite = new Float64Array(ofSite.length);
  const flatOfBaseSite = new Float64Array(ofBaseSite.length);
  const sum = (part: (value: bigint) => number): Sums => {
    const sums = { flat: new Float64Array(names.length), cum: new Float64Array(names.length) };
    addTo(sums, now, ofSite, weights(values, part), 1, flatOfSite);
    if (base) addTo(sums, base, ofBaseSite, weights(baseValues, part), -1, flatOfBaseSite);
    return sums;
  };
  const low = sum(isSmall ? Number : (value) => Number(BigInt.asUintN(32, value)));
  const high = isSmall ? null : sum((value) => Number(value >> 32n));
  const whole = (of: keyof Sums, number: number) => BigInt(low[of][number] ?? 0) + HALF * BigInt(high?.[of][number] ?? 0);
  const lines = busiestLines(now.sites, ofSite, flatOfSite, now.files);
  const baseLines = base ? busiestLines(base.sites, ofBaseSite, flatOfBaseSite, base.files) : new Map();
  const rows: HeapRow[] = [];
  for (let number = 0; number < names.length; number += 1) {
    const [flat, cum] = [whole('flat', number), whole('cum', number)];
    if (flat === 0n && cum === 0n) continue;
    rows.push({ function: names[number] ?? '', flat, cum, at: lines.get(number) ?? baseLines.get(number) ?? null });
  }
  return rows;
}

function weights(values: BigInt64Array, part: (value: bigint) => number): Float64Array {
  const column = new Float64Array(values.length);
  for (let i = 0; i < column.length; i += 1) column[i] = part(values[i] ?? 0n);
  return column;
}

/** Ties as pprof has them: by name. */
function byFlat(a: HeapRow, b: HeapRow): number {
  return compare(b.flat, a.flat) || compare(a.function, b.function) || compare(b.cum, a.cum);
}

function byCum(a: HeapRow, b: HeapRow): number {
  return compare(b.cum, a.cum) || compare(a.function, b.function) || compare(b.flat, a.flat);
}

function compare<T extends bigint | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
