import { LeakwatchError, personError } from '../errors.js';
import type { MassifRead } from '../model/massif.js';
import type { Streams } from './answer.js';
import { openBytes } from './bytes.js';
import { ANSWERED, exitCodeOf } from './exit.js';
import { massifGrowth } from './massif-growth.js';
import { massifJson } from './massif-json.js';
import { massifText } from './massif-text.js';
import { inputName } from './problem.js';
import { makeResults } from './results.js';

export type MassifQuestion = {
  readonly path: string;
  readonly from?: number;
  readonly to?: number;
  readonly top?: number;
  readonly json?: boolean;
};
/** Reads a file as it streams by. Its errors begin with the line, or go behind a file's name. */
export type ReadMassif = (chunks: AsyncIterable<Buffer>, between: { from?: number; to?: number }) => Promise<MassifRead>;

/** As many as a person reads. */
const USUAL_TOP = 20;

/**
 * Answers what grew in a file of Massif's, and when: text, or JSON with every snapshot and place. Gives the exit code: 0 answered,
 * 2 the input is bad (file, line and what is wrong, on standard error), 1 the answer could not be written.
 */
export async function answerMassif(question: MassifQuestion, read: ReadMassif, streams: Streams): Promise<number> {
  const { path, top, json, from, to } = question;
  try {
    if (from !== undefined && to !== undefined && from > to)
      throw personError(`--from ${from} comes after --to ${to}: growth is from the earlier one on.`);
    const { chunks } = await openBytes(path, streams.stdin, 'what Massif writes');
    const answer = await read(chunks, question).catch((error) => {
      throw behind(path, error);
    });
    const growth = massifGrowth(answer);
    const results = makeResults(streams.stdout);
    const { massif } = answer;
    const pieces = json ? massifJson(massif, growth, top) : massifText(massif, growth, top ?? USUAL_TOP, path);
    for (const piece of pieces) await results.print(piece);
    await results.end();
    return ANSWERED;
  } catch (error) {
    return exitCodeOf(error, (sentence) => streams.stderr.write(`${sentence}\n`));
  }
}

/** The file that is asked about, or what running a command under Massif left; null when there is none, which is said. */
export async function pathOf(
  file: string,
  count: number,
  run: (() => Promise<string>) | null,
  streams: Streams,
): Promise<string | null> {
  try {
    if (run) return await run();
    if (count > 1) throw personError(`${count} files are given: give one at a time (a command goes behind --).`);
    return file;
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    streams.stderr.write(`leakwatch: ${error.message}\n`);
    return null;
  }
}

/** Puts the file's name before what is wrong with it: `massif.out.7:17: is damaged: …`, as a compiler would. */
function behind(path: string, error: unknown): unknown {
  const name = inputName(path);
  if (!(error instanceof LeakwatchError) || error.message.startsWith(`${name}: `)) return error;
  const [, line, rest] = /^line (\d+): (.*)$/s.exec(error.message) ?? [];
  return personError(line === undefined ? `${name}: ${error.message}` : `${name}:${line}: ${rest}`);
}
