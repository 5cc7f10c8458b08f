import { personError } from '../../errors.js';
import type { Massif, MassifHeap, MassifRead } from '../../model/massif.js';
import type { TreeText } from './check-tree.js';
import { cutLines } from './cut-lines.js';
import { FileDecoder } from './decode-file.js';
import { decodeHeap } from './decode-heap.js';

/** Which two snapshots are compared; the first and the last that have a tree where it is not said. */
export type Between = { readonly from?: number | undefined; readonly to?: number | undefined };

type Kept = { readonly index: number; readonly text: TreeText };

/** As many as a person reads. */
const NAMED = 12;

/**
 * Reads a file of Massif's as it streams by; of its trees, which are most of it, only those are decoded that are asked for. Throws
 * a person's error that begins with the line where it arose (`line 17: is damaged: …`), or goes behind a name (`is empty.`).
 */
export async function readMassif(chunks: AsyncIterable<Buffer>, between: Between = {}, appends = false): Promise<MassifRead> {
  const { from: wantedFrom, to: wantedTo } = between;
  const kept: { from: Kept | null; to: Kept | null } = { from: null, to: null };
  const decoder = new FileDecoder((index, text) => {
    if (wantedFrom === undefined ? !kept.from : index === wantedFrom) kept.from = { index, text };
    if (wantedTo === undefined || index === wantedTo) kept.to = { index, text };
  }, appends);
  await cutLines(chunks, (bytes, from, to, isWhole) => decoder.take(bytes, from, to, isWhole));
  const massif = decoder.end();
  if (wantedFrom !== undefined && !kept.from) throw noTree(massif, wantedFrom);
  if (wantedTo !== undefined && !kept.to) throw noTree(massif, wantedTo);
  // The only one has no other to be compared with, unless somebody wants just that.
  const isAlone = between.from === undefined && kept.from?.index === kept.to?.index;
  return { massif, from: isAlone ? null : heapOf(kept.from), to: heapOf(kept.to) };
}

function heapOf(kept: Kept | null): MassifHeap | null {
  return kept && { index: kept.index, heap: decodeHeap(kept.text) };
}

function noTree({ snapshots }: Massif, index: number): Error {
  const detailed = snapshots.filter(({ detail }) => detail !== 'empty').map((snapshot) => snapshot.index);
  const last = snapshots.at(-1)?.index;
  const what = snapshots.some((snapshot) => snapshot.index === index)
    ? `snapshot ${index} has no tree`
    : `there is no snapshot ${index}: the last one is ${last}`;
  if (detailed.length === 0) return personError(`${what}, and no other has one: run it longer, or with --detailed-freq=1.`);
  const more = detailed.length > NAMED ? `, … (${detailed.length} in all)` : '';
  return personError(`${what}. These have one: ${detailed.slice(0, NAMED).join(', ')}${more}.`);
}
