import { worldError } from '../src/errors.js';
import type { Chart } from '../src/model/chart.js';
import type { FileKind } from '../src/model/dropped-file.js';
import type { HeapsAnswer, HeapsReader } from '../src/model/heap-evidence.js';
import type { MassifFinding, MassifReader } from '../src/model/massif.js';
import type { SlackMessage } from '../src/model/message.js';
import { massifChart } from '../src/render/massif-chart.js';
import { massifMessage } from '../src/render/massif-message.js';
import { sentHeapsMessage } from '../src/render/sent-heaps.js';
import type { JobContext } from './context.js';

/** A file with its bytes; its name is untrusted. */
export type Sent = { readonly name: string; readonly bytes: Buffer };
export type ReadSentPorts = { readonly reader: HeapsReader; readonly massifReader: MassifReader };
type Said = { readonly message: SlackMessage; readonly chart?: Chart };

/** Of each end: more than any message shows. */
const TOP = 24;
/** What a heap counts; a profile of time is none. */
const COUNTED = ['bytes', 'count', 'objects', 'instances'];
/** Names of the first of two, where times do not tell. */
const EARLIER = /(?:^|[^a-z])(?:base|before|old|first|start)(?:[^a-z]|$)/i;
const BY_NAME = new Intl.Collator('en', { numeric: true });

/** What is in files of one kind: of one, what it holds (of Massif's, what grew in it); of several, what grew between them. */
export async function readSent(kind: FileKind, files: readonly Sent[], ports: ReadSentPorts, context: JobContext): Promise<Said> {
  const [only] = files;
  if (kind === 'massif' && only && files.length === 1) return massifOf(only, ports, context);
  const sorted = files.toSorted(byName);
  const { answer, named } = await inOrder(sorted, ports, context);
  const { course, takenAtMs } = answer;
  if (!COUNTED.includes(course.measure.unit))
    throw worldError(`the heap is none: it counts ${course.measure.name} (${course.measure.unit})`);
  const message = sentHeapsMessage({
    ...{ kind, course, names: named.map(({ name }) => name), nowMs: context.nowMs() },
    takenAtMs: timesOf(takenAtMs),
  });
  const last = kind === 'massif' ? named.at(-1) : undefined;
  const { chart } = last ? await massifOf(last, ports, context) : {};
  return { message, ...(chart ? { chart } : {}) };
}

async function massifOf({ name, bytes }: Sent, { massifReader }: ReadSentPorts, context: JobContext): Promise<Said> {
  async function* whole(): AsyncGenerator<Buffer> {
    yield bytes;
  }
  const answer = await massifReader.read(whole(), TOP, context.signal);
  const { massif, from, to } = answer;
  const file = { path: name, writtenAtMs: null, command: massif.command, highestBytes: 0 };
  const finding: MassifFinding = { ...answer, file, others: [], unread: 0, live: false, liveProblem: null, kept: null };
  const message = massifMessage({ subject: name, finding, nowMs: context.nowMs(), isSent: true });
  const chart = massifChart({ ...massif, from, to, name });
  return { message, ...(chart ? { chart } : {}) };
}

/** By the times that they tell themselves, and by their names where they tell none. */
async function inOrder(
  files: readonly Sent[],
  ports: ReadSentPorts,
  context: JobContext,
): Promise<{ readonly answer: HeapsAnswer; readonly named: readonly Sent[] }> {
  const answer = await courseOf(files, ports, context);
  const times = timesOf(answer.takenAtMs);
  const order = files.map((_, i) => i).sort((a, b) => (times?.[a] ?? 0) - (times?.[b] ?? 0));
  if (order.every((at, i) => at === i)) return { answer, named: files };
  const named = order.flatMap((at) => files[at] ?? []);
  return { answer: await courseOf(named, ports, context), named };
}

/** Goroutines are told by the code of one's own that waits. */
async function courseOf(files: readonly Sent[], { reader }: ReadSentPorts, { signal }: JobContext): Promise<HeapsAnswer> {
  const asked = { heaps: files.map(({ bytes }) => bytes), measure: null, by: 'innermost', top: TOP, stacks: 0 } as const;
  const answer = await reader.course(asked, signal);
  return answer.course.measure.name === 'goroutine' ? reader.course({ ...asked, by: 'own' }, signal) : answer;
}

function timesOf(takenAtMs: HeapsAnswer['takenAtMs']): readonly number[] | null {
  const known = takenAtMs.flatMap((ms) => ms ?? []);
  return known.length === takenAtMs.length ? known : null;
}

function byName(a: Sent, b: Sent): number {
  const [first, second] = [EARLIER.test(a.name), EARLIER.test(b.name)];
  return first === second ? BY_NAME.compare(a.name, b.name) : first ? -1 : 1;
}
