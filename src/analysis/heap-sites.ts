import type { Heap } from '../model/heap.js';
import type { SiteRow } from '../model/massif.js';

/**
 * What each place in the source holds itself (the innermost frames of its stacks, in the usual measure), or how that grew since an
 * earlier heap. One row per function, file and line, largest first: growth, what stayed, what shrank. The rows
 * together are exactly the growth of the heap.
 *
 * Two places whose names are equal are one, whatever their addresses: a line that was compiled twice leaks as a whole.
 */
export function growthBySite(now: Heap, base: Heap | null): SiteRow[] {
  const rows = sitesOf(now);
  for (const [key, { bytes: before, ...site }] of base ? sitesOf(base) : []) {
    const held = rows.get(key)?.now ?? 0n;
    rows.set(key, { ...site, bytes: held - before, now: held, before });
  }
  return [...rows.values()].sort(byGrowth);
}

/** What each place of a heap holds, by its name, file and line. */
function sitesOf({ stackCount, frames, firstFrame, values, usualMeasure, sites, functions, files }: Heap): Map<string, SiteRow> {
  const sums = new BigInt64Array(sites.lines.length);
  const column = values[usualMeasure];
  for (let stack = 0; stack < stackCount; stack += 1) {
    const site = frames[firstFrame[stack] ?? 0] ?? 0;
    sums[site] = (sums[site] ?? 0n) + BigInt(column?.[stack] ?? 0);
  }
  const rows = new Map<string, SiteRow>();
  for (let site = 0; site < sums.length; site += 1) {
    const held = sums[site] ?? 0n;
    if (held === 0n) continue;
    const [name, file] = [functions[sites.functions[site] ?? 0] ?? '', files[sites.files[site] ?? -1] ?? null];
    const line = sites.lines[site] || null;
    // No name has a line end in it.
    const key = `${name}\n${file}\n${line}`;
    const bytes = held + (rows.get(key)?.bytes ?? 0n);
    rows.set(key, { function: name, file, line, bytes, now: bytes, before: 0n });
  }
  return rows;
}

function byGrowth(a: SiteRow, b: SiteRow): number {
  if (a.bytes !== b.bytes) return a.bytes < b.bytes ? 1 : -1;
  return a.function < b.function ? -1 : 1;
}
