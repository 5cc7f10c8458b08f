import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LeakwatchError, worldError } from '../src/errors.js';
import type { MassifResult, TakenHeap } from '../src/model/heap-taking.js';
import type { ContainerAbout, FileSeen, Inside } from '../src/model/inside.js';
import type { MassifAnswer, MassifFile, MassifFinding, MassifPlan, MassifReader } from '../src/model/massif.js';
import type { Replica } from '../src/model/replica.js';
import type { Payload } from '../src/queue/catalogue.js';
import { binaryOf, type DecodeBinary } from './binary-of.js';
import type { JobContext } from './context.js';
import { type HeapShelfPorts, shelve } from './heap-shelf.js';

export type LiveMassifPort = (
  containerId: string,
  folders: readonly string[],
  signal: AbortSignal,
) => Promise<{ readonly files: readonly FileSeen[]; remove(): Promise<void> } | { readonly problem: string }>;

export type TakeMassifPorts = HeapShelfPorts & {
  readonly about: (containerId: string) => Promise<ContainerAbout | null>;
  readonly inside: Inside | null;
  readonly massifReader: MassifReader;
  readonly askMassif: LiveMassifPort | null;
  readonly decodeBinary: DecodeBinary;
};

type Wanted = Payload<'take-heap'>;
type Read = { readonly file: FileSeen; readonly answer: MassifAnswer; readonly bytes: Buffer | null };

/** Sites of each end. */
const TOP = 24;
/** One process a file; more are counted. */
const MOST_FILES = 8;
/** What is kept of a file: the rest is read, and not archived. */
const MOST_KEPT = 32 * 2 ** 20;

/**
 * What Massif says of a container: asked live where it runs, else the newest file that it left, of a stopped container too. Where there is neither,
 * what has to be known to bring it in. All but the last needs `LEAKWATCH_EXEC` and an operator.
 */
export async function takeMassif(
  wanted: Wanted,
  replica: Replica,
  ports: TakeMassifPorts,
  context: JobContext,
  heapOf: (bytes: number) => TakenHeap,
): Promise<MassifResult> {
  const { containerId } = replica.run;
  const about = await ports.about(containerId);
  if (!about) throw worldError(`${replica.containerName} is gone`);
  const { inside } = ports;
  if (!inside || !wanted.mayExec) return { noMassif: planOf(replica, about, null, inside ? 'operator' : 'exec', wanted.massif) };
  const live = about.running && about.isUnderMassif ? await askLive(containerId, wanted, ports, context) : null;
  const found = live && 'read' in live ? live.read : await readFiles(containerId, wanted, inside, ports, context);
  if (!found) {
    if (live && 'problem' in live) throw worldError(`${replica.containerName} runs under Massif, but ${live.problem}`);
    const binary = await binaryOf(containerId, about, inside, ports.decodeBinary, context.signal);
    return { noMassif: planOf(replica, about, binary, 'no-file', wanted.massif) };
  }
  const { main, others, unread } = found;
  const of = heapOf(main.bytes?.length ?? 0);
  const shelved =
    main.bytes && (await shelve({ heap: of, bytes: await packed(main.bytes), file: null }, ports, context.log, 'out.gz'));
  const massif: MassifFinding = {
    ...main.answer,
    ...{ file: fileOf(main), others, unread, live: live !== null && 'read' in live },
    ...{ liveProblem: live && 'problem' in live ? live.problem : null, kept: shelved?.file ?? null },
  };
  return { massif, of };
}

type Found = { readonly main: Read; readonly others: MassifFinding['others']; readonly unread: number };

async function askLive(
  containerId: string,
  { massif }: Wanted,
  { askMassif, inside, massifReader }: TakeMassifPorts,
  { signal }: JobContext,
): Promise<{ readonly read: Found } | { readonly problem: string } | null> {
  if (!askMassif || !inside) return null;
  const folder = massif?.slice(0, massif.lastIndexOf('/'));
  const live = await askMassif(containerId, ['/tmp', ...(folder ? [folder] : [])], signal);
  if ('problem' in live) return live;
  try {
    const main = await readOne(live.files, inside, massifReader, containerId, signal);
    return main ? { read: { main, others: [], unread: 0 } } : { problem: 'what it wrote is not there' };
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    return { problem: `what it wrote cannot be read: ${error.message}` };
  } finally {
    await live.remove();
  }
}

/** The newest that can be read is the answer; the others are named, with what is wrong with them. */
async function readFiles(
  containerId: string,
  { massif }: Wanted,
  inside: Inside,
  { massifReader }: TakeMassifPorts,
  { signal }: JobContext,
): Promise<Found | null> {
  if (massif === undefined) return null;
  const files = await inside.files(containerId, massif, signal);
  let main: Read | null = null;
  const others: (MassifFile | { readonly path: string; readonly problem: string })[] = [];
  for (const file of files.slice(0, MOST_FILES)) {
    try {
      const read = await readOne([file], inside, massifReader, containerId, signal);
      if (!read) continue;
      if (main) others.push(fileOf(read));
      else main = read;
    } catch (error) {
      if (!(error instanceof LeakwatchError)) throw error;
      others.push({ path: file.path, problem: error.message });
    }
  }
  if (!main && others.length > 0) throw worldError(problemsOf(others));
  return main && { main, others, unread: Math.max(0, files.length - MOST_FILES) };
}

function problemsOf(others: readonly { readonly path: string; readonly problem?: string }[]): string {
  const [first] = others;
  const more = others.length > 1 ? `, and ${others.length - 1} more like it` : '';
  return `${first?.path}: ${first?.problem?.replace(/\.$/, '')}${more}`;
}

/** Files one behind the other, as one. Null: there is none of them. */
async function readOne(
  files: readonly FileSeen[],
  inside: Inside,
  reader: MassifReader,
  containerId: string,
  signal: AbortSignal,
): Promise<Read | null> {
  const opened: AsyncIterable<Buffer>[] = [];
  for (const { path } of files) {
    const bytes = await inside.read(containerId, path, signal);
    if (bytes) opened.push(bytes);
  }
  const [file] = files;
  if (!file || opened.length < files.length) return null;
  const kept: Buffer[] = [];
  let size = 0;
  async function* passing(): AsyncGenerator<Buffer> {
    for (const bytes of opened) {
      for await (const chunk of bytes) {
        size += chunk.length;
        if (size <= MOST_KEPT) kept.push(chunk);
        yield chunk;
      }
    }
  }
  const answer = await reader.read(passing(), TOP, signal);
  return { file, answer, bytes: size <= MOST_KEPT ? Buffer.concat(kept) : null };
}

function fileOf({ file, answer }: Read): MassifFile {
  const { snapshots, command } = answer.massif;
  const highestBytes = Math.max(
    0,
    ...snapshots.map(({ heapBytes, extraBytes, stackBytes }) => heapBytes + extraBytes + stackBytes),
  );
  return { path: file.path, writtenAtMs: file.changedAtMs, command, highestBytes };
}

function planOf(
  { run, containerName, service }: Replica,
  { program, running }: ContainerAbout,
  binary: MassifPlan['binary'],
  why: MassifPlan['why'],
  rule: string | undefined,
): MassifPlan {
  const compose = service.project === undefined ? null : service.name;
  return { image: run.image, container: containerName, program, running, compose, binary, why, rule: rule ?? null };
}

function packed(bytes: Buffer): Promise<Buffer> {
  return promisify(gzip)(bytes);
}
