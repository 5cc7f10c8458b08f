import { within, worldError } from '../../errors.js';
import type { InsideCommand, InsideResult } from '../../model/inside.js';
import type { Piece } from './decode-frames.js';
import type { InsideClient } from './inside-client.js';
import { head, type Late, lateness, type Running, startInside } from './start-inside.js';

/** What a shell, or the engine in its place, says of a program that is not there. */
const NOT_FOUND = /not found|no such file|executable file|OCI runtime exec failed|permission denied/i;
const MISSING_CODES = [126, 127];

/**
 * Runs a command in a container, with limits that hold. The engine has no call that would end one: a shell is asked to say the number of the
 * process first, and to kill it (with all that it began) where it has to be. Where there is no shell it gets a terminal, and a Ctrl-C
 * through that. What does not go all the same is told.
 *
 *     sh: 17 ⏎ → jcmd …  ── output ──▶ ended            by itself
 *                        ── too long, too much ──▶ sh: kill -17
 */
export async function runInside(
  client: InsideClient,
  containerId: string,
  command: InsideCommand,
  signal: AbortSignal,
): Promise<InsideResult> {
  const late = lateness(within(command.mostMs, signal));
  const running = await startInside(client, containerId, command, late);
  if (!running) return { how: 'missing', exitCode: null, out: Buffer.alloc(0), err: '', leftPid: null };
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  let [how, bytes]: [InsideResult['how'], number] = ['ended', 0];
  const pieces = running.pieces[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([late, pieces.next()]);
    if (next === 'late') how = 'late';
    if (next === 'late' || next.done) break;
    bytes += next.value.bytes.length;
    if (bytes > command.mostBytes) {
      how = 'flood';
      break;
    }
    (next.value.isError ? err : out).push(next.value.bytes);
  }
  const leftPid = how === 'ended' ? null : await running.end();
  signal.throwIfAborted();
  const exitCode = how === 'ended' ? await running.exitCode() : null;
  const said = { out: Buffer.concat(out), err: Buffer.concat(err).toString('utf8') };
  const isMissing = exitCode !== null && MISSING_CODES.includes(exitCode) && NOT_FOUND.test(`${said.err}${head(said.out)}`);
  return { ...said, how: isMissing ? 'missing' : how, exitCode, leftPid };
}

/** A file through `cat`: for what the engine does not show. Null: there is no `cat`, no such file, or one that says nothing in its time (a pipe). */
export async function catInside(
  client: InsideClient,
  containerId: string,
  path: string,
  mostMs: number,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer> | null> {
  const late = lateness(within(mostMs, signal));
  const running = await startInside(client, containerId, { argv: ['cat', '--', path], mostMs, mostBytes: 0 }, late);
  if (!running) return null;
  const pieces = running.pieces[Symbol.asyncIterator]();
  const first = await Promise.race([late, pieces.next()]);
  if (first === 'late' || first.done || first.value.isError) {
    await running.end();
    return null;
  }
  return rest(first.value.bytes, pieces, running, late);
}

async function* rest(first: Buffer, pieces: AsyncIterator<Piece>, running: Running, late: Late): AsyncGenerator<Buffer> {
  let isOver = false;
  try {
    yield first;
    for (;;) {
      const next = await Promise.race([late, pieces.next()]);
      if (next === 'late') throw worldError('a file in the container was not read in time');
      if (next.done) break;
      if (!next.value.isError) yield next.value.bytes;
    }
    isOver = true;
  } finally {
    if (!isOver) await running.end();
  }
}
