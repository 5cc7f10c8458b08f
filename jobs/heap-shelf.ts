import type { Logger } from 'pino';
import { heapsBefore } from '../src/analysis/heap-base.js';
import { LeakwatchError, worldError } from '../src/errors.js';
import type { Archive, ArchiveForm } from '../src/model/archive.js';
import { type Heaps, heapName, type Since, type TakenHeap } from '../src/model/heap-taking.js';

const PIECE_BYTES = 2 ** 20;

export type HeapShelfPorts = {
  readonly archive: Pick<Archive, 'put' | 'get'>;
  readonly heaps: Pick<Heaps, 'add' | 'ofService'>;
};

/** A heap with its bytes. `file`: what it is called in the archive; null where it is not, or nobody can look. */
export type Shelved = { readonly heap: TakenHeap; readonly bytes: Buffer; readonly file: string | null };

/** Puts it into the archive, as it was sent, and then into the index. A disk that is full is no reason to say nothing of it. */
export async function shelve(
  taken: Shelved,
  { archive, heaps }: HeapShelfPorts,
  log: Logger,
  form: ArchiveForm = 'pb.gz',
): Promise<Shelved> {
  const { heap, bytes } = taken;
  const { service, replica, host, profile, takenAtMs, image, revision, startedAtMs, why } = heap;
  const meta = { service, replica, host, profile, takenAtMs, image, revision: revision ?? null, startedAtMs, why };
  try {
    await archive.put({ kind: 'heaps', name: heapName(heap), form, meta }, piecesOf(bytes));
    await heaps.add(heap);
    return { ...taken, file: await fileOf(heap, { archive }) };
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    log.error({ err: error }, 'a heap could not be kept');
    return taken;
  }
}

/** The heap of a taking, if it was taken already. */
export async function takenBefore(serviceId: string, takingId: string, ports: HeapShelfPorts): Promise<Shelved | null> {
  const known = (await ports.heaps.ofService(serviceId)).find(({ id }) => id === takingId);
  return known ? onShelf(known, ports) : null;
}

/** Earlier heaps; `uncompared`: why one of them, or all, cannot be among them. */
export type Before = { readonly before: readonly Shelved[]; readonly uncompared?: string };

/**
 * What a heap is to be compared with, as far as this host's archive (or the one that all share) has it. A file that is damaged, or an archive
 * that does not answer, is no reason to say nothing of the new one.
 */
export async function shelvedBefore(taken: TakenHeap, since: Since, ports: HeapShelfPorts): Promise<Before> {
  const before: Shelved[] = [];
  let problem: string | undefined;
  for (const heap of heapsBefore(await ports.heaps.ofService(taken.service), taken, since)) {
    try {
      const one = await onShelf(heap, ports);
      if (one) before.push(one);
    } catch (error) {
      if (!(error instanceof LeakwatchError)) throw error;
      problem ??= error.message;
    }
  }
  return problem === undefined ? { before } : { before, uncompared: problem };
}

async function onShelf(heap: TakenHeap, { archive }: Pick<HeapShelfPorts, 'archive'>): Promise<Shelved | null> {
  const found = await archive.get('heaps', heapName(heap));
  if (!found) return null;
  // Into its place at once: as chunks first, it would be here twice.
  const bytes = Buffer.allocUnsafe(found.entry.bytes);
  let at = 0;
  for await (const chunk of found.content) at += chunk.copy(bytes, at);
  if (at !== bytes.length) throw worldError(`${heapName(heap)} is damaged: it has ${at} bytes, and had ${bytes.length}`);
  return { heap, bytes, file: found.entry.file };
}

/** What it is called there. What is in it we have. */
async function fileOf(heap: TakenHeap, { archive }: Pick<HeapShelfPorts, 'archive'>): Promise<string | null> {
  const found = await archive.get('heaps', heapName(heap));
  // Opened, it has to be closed.
  for await (const _ of found?.content ?? []) break;
  return found?.entry.file ?? null;
}

/** What is hashed and written in one piece keeps everything else waiting for as long. */
async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
