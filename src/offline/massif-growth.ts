import { growthBySite } from '../analysis/heap-sites.js';
import { BELOW_THRESHOLD, type Massif, type MassifRead, type MassifSnapshot, type SiteRow } from '../model/massif.js';

/** What a place has more than before, and what it holds by now. */
export type MassifRow = SiteRow & { readonly now: bigint };

/** What is answered of a file: where its memory went between two snapshots. */
export type MassifGrowth = {
  /** Null: all that there is at `to`, since no earlier snapshot has a tree. */
  readonly from: MassifSnapshot | null;
  readonly to: MassifSnapshot;
  /** Places, largest growth first; together with `below` exactly the growth of the tree. */
  readonly rows: readonly MassifRow[];
  /** What Massif left out of the two trees, because it was small. */
  readonly below: MassifRow | null;
  /** Left out of the earlier one: as much may be the growth of places less than it looks. */
  readonly hiddenBefore: bigint;
  readonly bytes: bigint;
};

/** Null: no snapshot has a tree. */
export function massifGrowth({ massif, from, to }: MassifRead): MassifGrowth | null {
  const at = to && snapshotOf(massif, to.index);
  if (!to || !at) return null;
  const since = from && snapshotOf(massif, from.index);
  const held = new Map(growthBySite(to.heap, null).map((row) => [keyOf(row), row.bytes]));
  const all = growthBySite(to.heap, from?.heap ?? null).map((row) => ({ ...row, now: held.get(keyOf(row)) ?? 0n }));
  const before = from ? growthBySite(from.heap, null) : [];
  return {
    from: since,
    to: at,
    rows: all.filter((row) => !isBelow(row)),
    below: all.find(isBelow) ?? null,
    hiddenBefore: before.find(isBelow)?.bytes ?? 0n,
    bytes: all.reduce((sum, row) => sum + row.bytes, 0n),
  };
}

export function totalBytes({ heapBytes, extraBytes, stackBytes }: MassifSnapshot): number {
  return heapBytes + extraBytes + stackBytes;
}

/** The snapshot that Massif marked as the peak, or the highest one where it marked none. */
export function highest({ snapshots, peak }: Massif): MassifSnapshot | null {
  if (peak !== null) return snapshots.find(({ index }) => index === peak) ?? null;
  return snapshots.reduce<MassifSnapshot | null>(
    (high, next) => (high && totalBytes(high) >= totalBytes(next) ? high : next),
    null,
  );
}

function snapshotOf({ snapshots }: Massif, index: number): MassifSnapshot | null {
  return snapshots.find((snapshot) => snapshot.index === index) ?? null;
}

function keyOf({ function: name, file, line }: SiteRow): string {
  return JSON.stringify([name, file, line]);
}

function isBelow(row: SiteRow): boolean {
  return row.function === BELOW_THRESHOLD;
}
