import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Config } from '../src/config.js';
import type { Archive } from '../src/model/archive.js';
import { makeHeapReader } from '../src/sandbox/heap-reader.js';
import { makeMassifReader } from '../src/sandbox/massif-reader.js';
import type { DockerClient } from '../src/sources/docker/client.js';
import { decodeAbout } from '../src/sources/docker/decode-about.js';
import { makeInside } from '../src/sources/docker/inside.js';
import { makeInsideClient } from '../src/sources/docker/inside-client.js';
import { decodeBinary } from '../src/sources/massif/decode-binary.js';
import { askMassif } from '../src/sources/massif/live.js';
import { makeProfiler } from '../src/sources/pprof/client.js';
import { kindOfFile } from '../src/sources/read-any-heap.js';
import { makeRuntimeProfiler } from '../src/sources/runtime-profiler.js';
import { makeBriefArchive } from '../src/store/brief-archive.js';
import type { TakeHeapPorts } from './take-heap.js';

/** The entry of the decoding child, as built; beside sources that run as they are (`npm run dev`), its source. */
const HEAP_ENTRY = fileURLToPath(new URL(`../src/sandbox/heap-entry${extname(import.meta.url)}`, import.meta.url));
/** Without an archive: two dozen heaps of usual services. */
const BRIEF_BYTES = 32 * 2 ** 20;

/** What the worker reads files with that people sent. */
export function fileParts() {
  const [reader, massifReader] = [makeHeapReader({ entry: HEAP_ENTRY }), makeMassifReader({ entry: HEAP_ENTRY })];
  return { reader, massifReader, kindOf: kindOfFile };
}

type HeapConfig = Pick<Config, 'execHost' | 'dockerCertPath' | 'dockerTlsVerify'>;
type HeapPorts = Omit<TakeHeapPorts, 'host' | 'roster' | 'engine' | 'heaps' | 'enqueue'>;

/** What the agent takes heaps with. `archive` null: none was set up. */
export function heapParts(
  config: HeapConfig,
  archive: Archive | null,
  client: Pick<DockerClient, 'inspect'>,
  log: Logger,
): HeapPorts {
  if (!archive)
    log.warn(
      'LEAKWATCH_DATA_DIR and LEAKWATCH_ARCHIVE_URL are not set: heaps are compared as long as this agent lives, and nobody can fetch one',
    );
  return {
    profiler: makeProfiler(),
    archive: archive ?? makeBriefArchive(BRIEF_BYTES),
    reader: makeHeapReader({ entry: HEAP_ENTRY }),
    massifReader: makeMassifReader({ entry: HEAP_ENTRY }),
    decodeBinary,
    ...insideParts(config, client),
  };
}

/** Ways into containers, where there may be any. What a container is, is told without. */
function insideParts(
  { execHost, dockerCertPath: certPath, dockerTlsVerify: tlsVerify }: HeapConfig,
  client: Pick<DockerClient, 'inspect'>,
): Pick<HeapPorts, 'about' | 'inside' | 'runtimes' | 'askMassif'> {
  if (!execHost) {
    const about = async (containerId: string) => {
      const inspected = await client.inspect(containerId);
      return inspected === null ? null : decodeAbout(inspected, null);
    };
    return { about, inside: null, runtimes: null, askMassif: null };
  }
  const inside = makeInside(makeInsideClient({ ...execHost, certPath, tlsVerify }));
  const askLive: HeapPorts['askMassif'] = (containerId, folders, signal) => askMassif(inside, containerId, folders, signal);
  return { about: inside.about, inside, runtimes: makeRuntimeProfiler(inside), askMassif: askLive };
}
