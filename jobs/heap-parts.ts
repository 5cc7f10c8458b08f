import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Archive } from '../src/model/archive.js';
import { makeHeapReader } from '../src/sandbox/heap-reader.js';
import { makeProfiler } from '../src/sources/pprof/client.js';
import { makeBriefArchive } from '../src/store/brief-archive.js';
import type { TakeHeapPorts } from './take-heap.js';

/** The entry of the decoding child, as built; beside sources that run as they are (`npm run dev`), its source. */
const HEAP_ENTRY = fileURLToPath(new URL(`../src/sandbox/heap-entry${extname(import.meta.url)}`, import.meta.url));
/** Without an archive: two dozen heaps of usual services. */
const BRIEF_BYTES = 32 * 2 ** 20;

/** What the agent takes heaps with. `archive` null: none was set up. */
export function heapParts(archive: Archive | null, log: Logger): Pick<TakeHeapPorts, 'profiler' | 'archive' | 'reader'> {
  if (!archive)
    log.warn(
      'LEAKWATCH_DATA_DIR and LEAKWATCH_ARCHIVE_URL are not set: heaps are compared as long as this agent lives, and nobody can fetch one',
    );
  return {
    profiler: makeProfiler(),
    archive: archive ?? makeBriefArchive(BRIEF_BYTES),
    reader: makeHeapReader({ entry: HEAP_ENTRY }),
  };
}
