import { growthBySite } from '../analysis/heap-sites.js';
import { BELOW_THRESHOLD, type Massif, type MassifRead, type MassifSnapshot, type SiteRow } from '../model/massif.js';

/** What is answered of a file: where its memory went between two snapshots. */
export type MassifGrowth = {
  /** Null: all that there is at `to`, since no earlier snapshot has a tree. */
  readonly from: MassifSnapshot | null;
  readonly to: MassifSnapshot;
  /** Places, largest growth first; together with `below` exactly the growth of the tree. */
  readonly rows: readonly SiteRow[];
  /** What Massif left out of the two trees, because it was small. */
  readonly below: SiteRow | null;
  /** Left out of the earlier one: as much may be the growth of places less than it looks. */
  readonly hiddenBefore: bigint;
  readonly bytes: bigint;
};

/** Null: no snapshot has a tree. */
export function massifGrowth({ massif, from, to }: MassifRead): MassifGrowth | null {
  const at = to && snapshotOf(massif, to.index);
  if (!to || !at) return null;
  const since = from && snapshotOf(massif, from.index);
  const all = growthBySite(to.heap, from?.heap ?? null);
  return {
    from: since,
    to: at,
    rows: all.filter((row) => row.bytes !== 0n && !isBelow(row)),
    below: all.find((row) => row.bytes !== 0n && isBelow(row)) ?? null,
    hiddenBefore: all.find(isBelow)?.before ?? 0n,
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

function isBelow(row: SiteRow): boolean {
  return row.function === BELOW_THRESHOLD;
}
