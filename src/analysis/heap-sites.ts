import type { Heap } from '../model/heap.js';
import type { SiteRow } from '../model/massif.js';

/**
 * What each place in the source holds itself (the innermost frames of its stacks, in the usual measure), or how that grew since an
 * earlier heap. One row per function, file and line, largest first: growth, then what shrank; places that hold the same are left
 * out. The rows together are exactly the growth of the heap.
 *
 * Two places whose names are equal are one, whatever their addresses: a line that was compiled twice leaks as a whole.
 */
export function growthBySite(now: Heap, base: Heap | null): SiteRow[] {
  const rows = new Map<string, SiteRow>();
  add(rows, now, 1n);
  if (base) add(rows, base, -1n);
  return [...rows.values()].filter(({ bytes }) => bytes !== 0n).sort(byGrowth);
}

function add(rows: Map<string, SiteRow>, heap: Heap, sign: 1n | -1n): void {
  const sums = new BigInt64Array(heap.sites.lines.length);
  const values = heap.values[heap.usualMeasure];
  for (let stack = 0; stack < heap.stackCount; stack += 1) {
    const site = heap.frames[heap.firstFrame[stack] ?? 0] ?? 0;
    sums[site] = (sums[site] ?? 0n) + BigInt(values?.[stack] ?? 0);
  }
  for (let site = 0; site < sums.length; site += 1) {
    const bytes = sign * (sums[site] ?? 0n);
    if (bytes === 0n) continue;
    const place = placeOf(heap, site);
    const key = JSON.stringify(place);
    rows.set(key, { ...place, bytes: bytes + (rows.get(key)?.bytes ?? 0n) });
  }
}

function placeOf({ sites, functions, files }: Heap, site: number): Omit<SiteRow, 'bytes'> {
  const line = sites.lines[site] ?? 0;
  const name = functions[sites.functions[site] ?? 0] ?? '';
  return { function: name, file: files[sites.files[site] ?? -1] ?? null, line: line > 0 ? line : null };
}

function byGrowth(a: SiteRow, b: SiteRow): number {
  if (a.bytes !== b.bytes) return a.bytes < b.bytes ? 1 : -1;
  return a.function < b.function ? -1 : 1;
}
