import { heapsBefore } from '../src/analysis/heap-base.js';
import { worldError } from '../src/errors.js';
import type { TakenHeap } from '../src/model/heap-taking.js';
import type { FileSeen, Inside } from '../src/model/inside.js';
import type { Replica } from '../src/model/replica.js';
import type { Payload } from '../src/queue/catalogue.js';
import type { JobContext } from './context.js';
import type { Shelved } from './heap-shelf.js';

export type TakeDumpsPorts = {
  /** Null: `LEAKWATCH_EXEC` is off. */
  readonly inside: Inside | null;
};
type HeapOf = (bytes: number, takenAtMs: number, path: string) => TakenHeap;

/** As what is decoded at most: usual ones have 1 MiB. */
const MOST_BYTES = 32 * 2 ** 20;
/** One that was changed just now is being written, as a rule. */
const WRITTEN_MS = 2_000;
/** A clock of a file system may be behind. */
const START_SLACK_MS = 1_000;

/**
 * Heap dumps that tcmalloc (`HEAPPROFILE`) or jemalloc (`prof:true`) left in a container where the rule `heap` says: the newest, and earlier
 * ones of the same process that lie beside it, as many as are compared. Null: no rule, or another profile is asked for.
 *
 *     /var/heaps/app.1.0.i0.heap … app.1.41.i41.heap      of process 1, from its start to now
 */
export async function takeDumps(
  { profile, pprof, dumps: rule, since, mayExec }: Payload<'take-heap'>,
  { containerName: name, run }: Replica,
  heapOf: HeapOf,
  { inside }: TakeDumpsPorts,
  { nowMs, signal }: Pick<JobContext, 'nowMs' | 'signal'>,
): Promise<(Shelved & { readonly before?: readonly Shelved[] }) | null> {
  if (profile !== 'heap' || rule === undefined || pprof !== undefined) return null;
  const what = `${name}: its heap dumps are files in the container`;
  if (!inside) throw worldError(`${what}, which are read with LEAKWATCH_EXEC=on of that host’s agent alone`);
  if (!mayExec) throw worldError(`${what}, and are read for operators alone (LEAKWATCH_OPERATORS)`);
  const seen = await inside.files(run.containerId, rule, signal);
  const [newest, ...others] = ofThisLife(seen, run.startedAtMs, nowMs());
  if (!newest) throw worldError(`${name}: no heap dump of this run lies at ${rule}${seen.length > 0 ? ', older ones do' : ''}`);
  const { containerId } = run;
  const now = heapOf(newest.bytes ?? 0, newest.changedAtMs ?? nowMs(), newest.path);
  const earlier = others.flatMap((file) =>
    file.changedAtMs === null || processOf(file.path) !== processOf(newest.path)
      ? []
      : [{ ...heapOf(file.bytes ?? 0, file.changedAtMs, file.path), id: file.path }],
  );
  const bytes = await wholeOf(inside, containerId, newest.path, signal);
  const heap = { ...now, bytes: bytes.length };
  const before: Shelved[] = [];
  for (const one of heapsBefore(earlier.reverse(), now, since)) {
    before.push({ heap: one, bytes: await wholeOf(inside, containerId, one.dump ?? '', signal), file: null });
  }
  // Alone, it is compared with what was read before.
  return { heap, bytes, file: null, ...(before.length > 0 ? { before } : {}) };
}

const BY_NAME = new Intl.Collator('en', { numeric: true });

/** Newest first, of the life that goes on (or ended last). The engine tells whole seconds; within one of them numbers tell. */
function ofThisLife(seen: readonly FileSeen[], startedAtMs: number, nowMs: number): readonly FileSeen[] {
  const own = seen
    .filter(({ changedAtMs }) => changedAtMs === null || changedAtMs >= startedAtMs - START_SLACK_MS)
    .sort((a, b) => (b.changedAtMs ?? 0) - (a.changedAtMs ?? 0) || BY_NAME.compare(b.path, a.path));
  const [newest, next] = own;
  const isBeingWritten = newest?.changedAtMs != null && nowMs - newest.changedAtMs < WRITTEN_MS;
  return isBeingWritten && next ? own.slice(1) : own;
}

/** `app.4711.12.i12.heap` → `app.4711`; `app.0012.heap` → `app`: the number of the dump is no part of it. */
function processOf(path: string): string {
  return path.replace(/\.\d+(?:\.[fimu]\d*)?\.heap$/, '');
}

async function wholeOf(inside: Inside, containerId: string, path: string, signal: AbortSignal): Promise<Buffer> {
  const content = await inside.read(containerId, path, signal);
  if (!content) throw worldError(`${path} is not there any more`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw worldError(`${path} has more than ${MOST_BYTES / 2 ** 20} MiB`);
  }
  return Buffer.concat(chunks);
}
