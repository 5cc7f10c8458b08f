import type { Heap, HeapGrowth, HeapRow, Rank, Values } from '../model/heap.js';
import { busiestLines } from './heap-lines.js';
import { pickMeasure } from './heap-measure.js';
import { addTo, type Sums } from './heap-sums.js';

/** Values are added as numbers where all of them together are below it, and in halves where they are not. */
const EXACT = 2 ** 53;
const HALF = 2n ** 32n;
type Part = 'whole' | 'low' | 'high';
const NONE: Values = new Float64Array();

/**
 * A heap by function or, beside an earlier one, how it grew: flat and cum are those of `go tool pprof -top` (with `-diff_base`),
 * exactly. Only the order differs: pprof ranks by size without sign, which puts what was freed between what leaks; here growth
 * comes first and what shrank last. Functions are the same when their names are: builds and addresses do not matter.
 *
 * `name` is the measure, or the heap's usual one. Throws a person's error where it is not there or cannot be compared.
 */
export function heapGrowth(now: Heap, base: Heap | null, by: Rank = 'flat', name?: string): HeapGrowth {
  const picked = pickMeasure(now, base, name);
  const values = now.values[picked.now] ?? NONE;
  const baseValues = base?.values[picked.base] ?? NONE;
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
function totals(values: Values): { sum: bigint; size: bigint } {
  let sum = 0;
  let size = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = Number(values[i]);
    sum += value;
    size += Math.abs(value);
  }
  if (size < EXACT) return { sum: BigInt(sum), size: BigInt(size) };
  let exact = { sum: 0n, size: 0n };
  for (const number of values) {
    const value = BigInt(number);
    exact = { sum: exact.sum + value, size: exact.size + (value < 0n ? -value : value) };
  }
  return exact;
}

function sumUp(now: Heap, base: Heap | null, values: Values, baseValues: Values, isSmall: boolean): HeapRow[] {
  const names = [...now.functions];
  const numbers = new Map(names.map((name, number) => [name, number]));
  const inBase = base?.functions.map((name) => numbers.get(name) ?? names.push(name) - 1) ?? [];
  const ofSite = now.sites.functions;
  const ofBaseSite = base?.sites.functions.map((number) => inBase[number] ?? 0) ?? new Uint32Array();
  const flatOfSite = new Float64Array(ofSite.length);
  const flatOfBaseSite = new Float64Array(ofBaseSite.length);
  const sum = (part: Part): Sums => {
    const sums = { flat: new Float64Array(names.length), cum: new Float64Array(names.length) };
    addTo(sums, now, ofSite, weights(values, part), 1, flatOfSite);
    if (base) addTo(sums, base, ofBaseSite, weights(baseValues, part), -1, flatOfBaseSite);
    return sums;
  };
  const low = sum(isSmall ? 'whole' : 'low');
  const high = isSmall ? null : sum('high');
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

/** Values as they are, or one half of each; the upper one has the sign. */
function weights(values: Values, part: Part): Float64Array {
  if (part === 'whole') return values instanceof Float64Array ? values : Float64Array.from(values, Number);
  const column = new Float64Array(values.length);
  for (let i = 0; i < column.length; i += 1) {
    const value = BigInt(values[i] ?? 0);
    column[i] = Number(part === 'low' ? BigInt.asUintN(32, value) : value >> 32n);
  }
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
