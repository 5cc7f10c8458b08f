import { LeakwatchError } from '../src/errors.js';
import type { Chart } from '../src/model/chart.js';
import { type DroppedFiles, type FileKind, isNamedHeap, mayBeHeap, type SlackFiles } from '../src/model/dropped-file.js';
import type { Outbox, SlackMessage, Target } from '../src/model/message.js';
import type { Payload } from '../src/queue/catalogue.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { sentProblemsMessage } from '../src/render/sent-problems.js';
import type { JobContext, Processor } from './context.js';
import { type ReadSentPorts, readSent, type Sent } from './read-sent.js';

export type ReadFilesPorts = ReadSentPorts & {
  readonly files: SlackFiles;
  readonly dropped: Pick<DroppedFiles, 'of' | 'answered'>;
  /** What a file is by how it begins; null: none that is read. */
  readonly kindOf: (bytes: Buffer) => FileKind | null;
  readonly outbox: Pick<Outbox, 'say'>;
  readonly enqueue: Enqueue;
};

/** Usual heaps have 2 MiB, those of Massif 40 at most; all of a message's are in memory at once. */
const MOST_BYTES = 32 * 2 ** 20;
const MOST_TOGETHER = 64 * 2 ** 20;

type Fetched =
  | (Sent & { readonly kind: FileKind })
  /** `problem` null: it is none of ours. `tell`: unasked, too. */
  | { readonly name: string; readonly problem: string | null; readonly tell: boolean };

/**
 * Reads the files of one message and says in its thread what is in them: each kind an answer, under a key of the message's own, so that it
 * is one however often this runs. What is none of them is passed over in silence, unless we were mentioned with it.
 */
export function makeReadFiles(ports: ReadFilesPorts): Processor<'read-files'> {
  return async (payload, context) => {
    const { channel, ts, fileIds, asked } = payload;
    const known = await ports.dropped.of({ channel, ts });
    // More has come since: who was enqueued for that reads all.
    if (known.fileIds.length > fileIds.length || (known.asked && !asked)) return;
    const fetched = await fetchAll(fileIds, ports, context);
    const problems = fetched.flatMap((one) => ('bytes' in one ? [] : [one]));
    for (const [kind, files] of byKind(fetched)) {
      try {
        const { message, chart } = await readSent(kind, files, ports, context);
        await say(`${payload.outboxKey}-${kind}`, payload, message, chart, ports, context);
      } catch (error) {
        if (!(error instanceof LeakwatchError)) throw error;
        problems.push({ ...nameAndProblem(error.message, files), tell: true });
      }
    }
    const told = problems.filter(({ tell }) => tell || asked);
    // Of what was read beside it, the rest is known to be something else.
    const isAnswered = problems.length < fetched.length;
    const said = isAnswered ? told.filter(({ problem }) => problem !== null) : told;
    if (said.length > 0) await say(payload.outboxKey, payload, sentProblemsMessage(said), undefined, ports, context);
  };
}

async function fetchAll(fileIds: readonly string[], ports: ReadFilesPorts, context: JobContext): Promise<Fetched[]> {
  const fetched: Fetched[] = [];
  let room = MOST_TOGETHER;
  for (const fileId of fileIds) {
    const one = await fetchOne(fileId, Math.min(room, MOST_BYTES), ports, context);
    fetched.push(one);
    if ('bytes' in one) room -= one.bytes.length;
  }
  return fetched;
}

async function fetchOne(
  fileId: string,
  mostBytes: number,
  { files, kindOf }: ReadFilesPorts,
  { signal, log }: JobContext,
): Promise<Fetched> {
  const file = await files.about(fileId, signal);
  if (!file) return { name: 'the file', problem: 'it was removed, or I may not see it', tell: false };
  if ('problem' in file) return { name: 'the file', problem: file.problem, tell: false };
  const { name } = file;
  if (!mayBeHeap(file)) return { name, problem: null, tell: false };
  const bytes = await files.read(file, mostBytes, signal);
  if ('problem' in bytes) {
    log.warn({ fileId, problem: bytes.problem }, 'a file in Slack cannot be read');
    return { name, problem: bytes.problem, tell: isNamedHeap(file) };
  }
  // A profile that is damaged at its beginning is known by its name alone.
  const kind = kindOf(bytes) ?? (/\.(?:pb(?:\.gz)?|pprof)$/i.test(name) ? 'go' : null);
  return kind === null ? { name, problem: null, tell: false } : { name, bytes, kind };
}

function byKind(fetched: readonly Fetched[]): Map<FileKind, Sent[]> {
  const found = new Map<FileKind, Sent[]>();
  for (const one of fetched) if ('bytes' in one) found.set(one.kind, [...(found.get(one.kind) ?? []), one]);
  return found;
}

/** The decoder speaks of `the heap`, `heap 2 of 2`, `the file`: here they have names. */
function nameAndProblem(problem: string, files: readonly Sent[]): { name: string; problem: string } {
  const [, which, words] = /^(?:heap (\d+) of \d+|the heap|the file),? (.*)$/s.exec(problem) ?? [];
  const name = files[Number(which ?? 1) - 1]?.name ?? 'the file';
  return { name, problem: (words ?? problem).replace(/^(line \d+),/, '$1') };
}

async function say(
  key: string,
  { channel, threadTs, target }: Payload<'read-files'>,
  message: SlackMessage,
  chart: Chart | undefined,
  { outbox, dropped, enqueue }: ReadFilesPorts,
  { nowMs }: JobContext,
): Promise<void> {
  const to: Target = { kind: 'channel', channel, threadTs, ...(target?.user ? { user: target.user } : {}) };
  await outbox.say(key, to, message, chart);
  await dropped.answered(channel, key, nowMs());
  await deliverSoon(enqueue, to);
}
