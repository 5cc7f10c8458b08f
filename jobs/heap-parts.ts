import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Config } from '../src/config.js';
import { makeHeapReader } from '../src/sandbox/heap-reader.js';
import { makeProfiler } from '../src/sources/pprof/client.js';
import { makeBriefArchive } from '../src/store/brief-archive.js';
import { makeFileArchive } from '../src/store/file-archive.js';
import type { TakeHeapPorts } from './take-heap.js';

/** The entry of the decoding child, as built; beside sources that run as they are (`npm run dev`), its source. */
const HEAP_ENTRY = fileURLToPath(new URL(`../src/sandbox/heap-entry${extname(import.meta.url)}`, import.meta.url));
/** Without an archive: two dozen heaps of usual services. */
const BRIEF_BYTES = 32 * 2 ** 20;

/** What the agent takes heaps with. */
export function heapParts(
  { dataDir }: Pick<Config, 'dataDir'>,
  log: Logger,
): Pick<TakeHeapPorts, 'profiler' | 'archive' | 'reader'> {
  if (!dataDir)
    log.warn('LEAKWATCH_DATA_DIR is not set: heaps are compared as long as this agent lives, and nobody can fetch one');
  return {
    profiler: makeProfiler(),
    archive: dataDir ? makeFileArchive(dataDir) : makeBriefArchive(BRIEF_BYTES),
    reader: makeHeapReader({ entry: HEAP_ENTRY }),
  };
}
