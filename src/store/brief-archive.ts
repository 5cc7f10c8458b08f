import { worldError } from '../errors.js';
import type { Archive, ArchiveEntry } from '../model/archive.js';

/**
 * In the place of an archive where there is none: the last heaps in memory, so that they can be compared. They are gone with the
 * process, and nobody can fetch them.
 */
export function makeBriefArchive(mostBytes: number, nowMs: () => number = Date.now): Pick<Archive, 'put' | 'get'> {
  const entries = new Map<string, { entry: ArchiveEntry; bytes: Buffer }>();
  let held = 0;

  function remove(name: string): void {
    held -= entries.get(name)?.bytes.length ?? 0;
    entries.delete(name);
  }

  return {
    async put(manifest, content) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      if (bytes.length > mostBytes) throw worldError(`it is larger than what is kept without an archive (${mostBytes} bytes)`);
      const name = `${manifest.kind} ${manifest.name}`;
      remove(name);
      held += bytes.length;
      entries.set(name, { entry: { ...manifest, bytes: bytes.length, atMs: nowMs(), file: null }, bytes });
      for (const oldest of entries.keys()) {
        if (held <= mostBytes) break;
        remove(oldest);
      }
    },
    async get(kind, name) {
      const found = entries.get(`${kind} ${name}`);
      return found ? { entry: found.entry, content: onePiece(found.bytes) } : null;
    },
  };
}

async function* onePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
