import { resolve } from 'node:path';
import { heapGrowth } from '../analysis/heap-growth.js';
import { LeakwatchError, personError } from '../errors.js';
import type { Streams } from './answer.js';
import { ANSWERED, exitCodeOf } from './exit.js';
import { heapJson } from './heap-json.js';
import type { HeapQuestion, HeapReader, ReadHeaps } from './heap-question.js';
import { heapTable } from './heap-table.js';
import { inputName } from './problem.js';
import { makeResults } from './results.js';
import { readWhole } from './whole.js';

/** As many as a person reads. */
const USUAL_TOP = 20;

/**
 * Answers what is in a heap, or what grew since an earlier one: a table, or JSON with every row. Gives the exit code: 0 answered,
 * 2 the input is bad (the file and what is wrong with it, on standard error), 1 the answer could not be written.
 */
export async function answerHeap(
  question: HeapQuestion,
  reader: HeapReader,
  mostBytes: number,
  streams: Streams,
): Promise<number> {
  const { path, base, by, top, json, speedscope } = question;
  try {
    if (question.later && question.later.length > 0) {
      await (await import('./heaps.js')).answerHeaps(question, [path, ...question.later], reader, mostBytes, streams);
      return ANSWERED;
    }
    if (path === '-' && base === '-') throw personError('standard input can be only one of the two.');
    if (speedscope !== undefined) refuseToOverwrite(speedscope, [path, base ?? '-']);
    const now = await readWhole(path, streams.stdin, mostBytes);
    const earlier = base === undefined ? null : await readWhole(base, streams.stdin, mostBytes);
    const growth = await growthOf(question, reader.read, now, earlier);
    const results = makeResults(streams.stdout);
    const pieces = json ? heapJson(growth, top) : heapTable(growth, by, top ?? USUAL_TOP, path, base);
    for (const piece of pieces) await results.print(piece);
    await results.end();
    return ANSWERED;
  } catch (error) {
    return exitCodeOf(error, (sentence) => streams.stderr.write(`${sentence}\n`));
  }
}

/** A heap that was taken is not taken again: `--speedscope now.pb.gz`, where a file for the drawing is meant, must not end it. */
function refuseToOverwrite(file: string, inputs: readonly string[]): void {
  if (inputs.some((input) => input !== '-' && resolve(input) === resolve(file)))
    throw personError(`--speedscope: ${file} is one of the heaps; name the file that is to be written.`);
}

/** Puts the name of the file that was at hand before what is wrong with it. */
async function growthOf(
  { path, base, by, sample, speedscope }: HeapQuestion,
  read: ReadHeaps,
  now: Buffer,
  earlier: Buffer | null,
) {
  let subject = path;
  try {
    const [heap, baseHeap] = await read(now, earlier, () => {
      subject = base ?? path;
    });
    subject = path;
    const growth = heapGrowth(heap, baseHeap, by, sample);
    subject = speedscope ?? path;
    if (speedscope !== undefined) (await import('./speedscope.js')).writeSpeedscope(speedscope, heap, baseHeap, sample);
    return growth;
  } catch (error) {
    throw error instanceof LeakwatchError ? personError(`${inputName(subject)}: ${error.message}`) : error;
  }
}
