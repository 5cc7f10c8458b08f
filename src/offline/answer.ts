import type { Readable, Writable } from 'node:stream';
import { personError } from '../errors.js';
import { type Bytes, openBytes } from './bytes.js';
import { decodeLine, type History } from './decode-line.js';
import { ANSWERED, BAD_INPUT, exitCodeOf } from './exit.js';
import { MAX_LINE_BYTES, readLines } from './lines.js';
import { harmless, inputName, isProblem } from './problem.js';
import { makeProgress, type Progress, type Terminal } from './progress.js';
import { makeResults } from './results.js';

export type Streams = { readonly stdin: Readable; readonly stdout: Writable; readonly stderr: Terminal };
/** What is printed for one history, in order. `onTick` may be told the share of it that is done. */
export type Answerer = (history: History, onTick: (share: number) => void) => Iterable<object>;

const SECONDS =
  'samples: as Unix ms their times are of January 1970. Where they are seconds, they have to be multiplied by 1000.';

/**
 * Answers a file of memory histories (`-`: standard input) line by line, in its order. Results go to standard output; bad lines
 * are named on standard error, with the field, and do not stop the good ones. Gives the exit code: 0 all were answered, 2 the
 * input is bad, 1 the results could not be written.
 */
export async function answerFile(path: string, answer: Answerer, streams: Streams, nowMs = Date.now): Promise<number> {
  const progress = makeProgress(streams.stderr, nowMs);
  const complain = (sentence: string) => {
    progress.clear();
    streams.stderr.write(`${sentence}\n`);
  };
  try {
    return await answerLines(path, await openBytes(path, streams.stdin), answer, streams, progress, complain);
  } catch (error) {
    return exitCodeOf(error, complain);
  } finally {
    progress.clear();
  }
}

async function answerLines(
  path: string,
  bytes: Bytes,
  answer: Answerer,
  { stdout }: Streams,
  progress: Progress,
  complain: (sentence: string) => void,
): Promise<number> {
  const results = makeResults(stdout);
  const decode = decoder();
  let [done, answered, bad, readBefore] = [0, 0, 0, 0];
  for await (const { number, text } of readLines(bytes.chunks)) {
    if (text?.trim() === '') continue;
    const history = decode(number, text);
    const read = bytes.readBytes();
    const at = (share: number) =>
      progress.at(done, bytes.sizeBytes ? (readBefore + share * (read - readBefore)) / bytes.sizeBytes : null);
    for (const problem of problemsOf(history)) {
      bad += 1;
      complain(`${inputName(path)}:${number}: ${problem}`);
    }
    if (!isProblem(history)) {
      answered += 1;
      if (areSeconds(history)) complain(`${inputName(path)}:${number}: ${SECONDS}`);
      for (const result of answer(history, at)) {
        progress.clear();
        await results.write(result);
      }
    }
    done += 1;
    at(1);
    readBefore = read;
  }
  await results.end();
  if (done === 0) throw personError(`${inputName(path)}: is empty; a JSON object in each line is expected.`);
  if (answered === 0 && done > 1)
    throw personError(`${inputName(path)}: no line of it is a history. Of JSON over several lines, jq -c . makes one each.`);
  return bad > 0 ? BAD_INPUT : ANSWERED;
}

/** Unix seconds of the years 2001 to 2049; no container has run in January 1970. */
function areSeconds({ samples }: History): boolean {
  const last = samples.at(-1)?.t ?? 0;
  return last >= 1e9 && last < 2.5e9;
}

/** Decodes a line; an id that was there before is a problem, because nobody could tell the answers apart. */
function decoder() {
  const lineOfId = new Map<string, number>();
  return (number: number, text: string | null) => {
    if (text === null) return { problem: `is longer than ${MAX_LINE_BYTES / 2 ** 20} MB: is a line end missing?` };
    const history = decodeLine(text);
    if (isProblem(history)) return history;
    const before = lineOfId.get(history.id);
    if (before !== undefined) return { problem: `id: "${harmless(history.id)}" is on line ${before} already` };
    lineOfId.set(history.id, number);
    return history;
  };
}

/** Of a line that is answered all the same: what was left out of it. */
function problemsOf(history: ReturnType<ReturnType<typeof decoder>>): string[] {
  if (isProblem(history)) return [history.problem];
  const { leftOut } = history;
  if (!leftOut) return [];
  const others = leftOut.count > 1 ? ` here and in ${leftOut.count - 1} more` : '';
  return [`${leftOut.first}: left out${others}; the rest is answered`];
}
