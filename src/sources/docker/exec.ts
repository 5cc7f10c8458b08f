import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { worldError } from '../../errors.js';
import type { InsideCommand, InsideResult } from '../../model/inside.js';
import { type Piece, piecesOf } from './decode-frames.js';
import type { InsideClient } from './inside-client.js';
import { asExecState } from './types.js';

/** Says its own number, in the container's count, and becomes the command: that is what it can be ended by. */
const NUMBERED = ['sh', '-c', 'echo $$; exec "$@"', 'leakwatch'];
/** A command leads a session of its own: all that it began goes with it. */
const END = ['sh', '-c', 'kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2"', 'leakwatch'];
const CTRL_C = '\x03';
const CTRL_BACKSLASH = '\x1c';
/** What a shell, or the engine in its place, says of a program that is not there. */
const NOT_FOUND = /not found|no such file|executable file|OCI runtime exec failed|permission denied/i;
const MISSING_CODES = [126, 127];
const END_MS = 1_500;
const POLL_MS = 50;

type Running = {
  readonly pieces: AsyncIterable<Piece>;
  readonly exitCode: () => Promise<number | null>;
  /** Ends it; gives the number on its host of what did not go. */
  readonly end: () => Promise<number | null>;
};

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
  const running = await start(client, containerId, command);
  if (!running) return { how: 'missing', exitCode: null, out: Buffer.alloc(0), err: '', leftPid: null };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(command.mostMs)]);
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  let [how, bytes]: [InsideResult['how'], number] = ['ended', 0];
  const late = new Promise<'late'>((resolve) => limit.addEventListener('abort', () => resolve('late'), { once: true }));
  const pieces = running.pieces[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([pieces.next(), late]);
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

/** A file through `cat`: for what the engine does not show. Null: there is no `cat`, or no such file. */
export async function catInside(
  client: InsideClient,
  containerId: string,
  path: string,
  mostMs: number,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer> | null> {
  const running = await start(client, containerId, { argv: ['cat', '--', path], mostMs, mostBytes: 0 });
  if (!running) return null;
  const pieces = running.pieces[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done || first.value.isError) {
    await running.end();
    return null;
  }
  return rest(first.value.bytes, pieces, running, AbortSignal.any([signal, AbortSignal.timeout(mostMs)]));
}

async function* rest(first: Buffer, pieces: AsyncIterator<Piece>, running: Running, signal: AbortSignal): AsyncGenerator<Buffer> {
  let isOver = false;
  try {
    yield first;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
      if (signal.aborted) throw worldError('a file in the container was not read in time');
      if (!next.value.isError) yield next.value.bytes;
    }
    isOver = true;
  } finally {
    if (!isOver) await running.end();
  }
}

/** Null: there is no such container, or program. */
async function start(client: InsideClient, containerId: string, { argv, env = {} }: InsideCommand): Promise<Running | null> {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const numbered = await client.exec(containerId, { argv: [...NUMBERED, ...argv], env: variables, tty: false });
  if (numbered) {
    const { number, pieces } = await numberOf(piecesOf(numbered.stream));
    if (number !== null) {
      const end = async () => {
        numbered.stream.destroy();
        return endByNumber(client, containerId, number, numbered.id);
      };
      return { pieces, exitCode: () => exitCodeOf(client, numbered.id), end };
    }
    numbered.stream.destroy();
  }
  const typed = await client.exec(containerId, { argv, env: variables, tty: true });
  if (!typed) return null;
  return {
    pieces: ofTerminal(typed.stream),
    exitCode: () => exitCodeOf(client, typed.id),
    async end() {
      for (const key of [CTRL_C, CTRL_BACKSLASH]) {
        typed.stream.write(key);
        if ((await goneOr(client, typed.id)) === null) break;
      }
      typed.stream.destroy();
      return goneOr(client, typed.id);
    },
  };
}

async function* ofTerminal(stream: Duplex): AsyncGenerator<Piece> {
  for await (const bytes of stream) yield { isError: false, bytes: bytes as Buffer };
}

/**
 * Its first line; null where that is none, because there is no shell. Two pipes have no order between them: what the command says of
 * errors may come before the number that was said first, and a command must not be taken for none and run again.
 */
async function numberOf(all: AsyncGenerator<Piece>): Promise<{ number: number | null; pieces: AsyncIterable<Piece> }> {
  const errors: Piece[] = [];
  let first = Buffer.alloc(0);
  for (;;) {
    const next = await all.next();
    if (!next.done && next.value.isError) errors.push(next.value);
    else if (!next.done) first = Buffer.concat([first, next.value.bytes]);
    const [line, digits] = /^(\d{1,10})\r?\n/.exec(head(first)) ?? [];
    if (line && digits) return { number: Number(digits), pieces: after(errors, first.subarray(line.length), all) };
    if (next.done || first.length > 20) return { number: null, pieces: all };
  }
}

async function* after(errors: readonly Piece[], bytes: Buffer, more: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  yield* errors;
  if (bytes.length > 0) yield { isError: false, bytes };
  yield* more;
}

/** Asked first: a debugger that is killed leaves its target as it is just then. */
async function endByNumber(client: InsideClient, containerId: string, number: number, execId: string): Promise<number | null> {
  let left: number | null = null;
  for (const by of ['TERM', 'KILL']) {
    const killer = await client.exec(containerId, { argv: [...END, by, String(number)], env: [], tty: false });
    if (killer) {
      killer.stream.resume();
      await goneOr(client, killer.id);
      killer.stream.destroy();
    }
    left = await goneOr(client, execId);
    if (left === null) break;
  }
  return left;
}

/** Null: it has ended; else its number on the host, when it has not after a while. */
async function goneOr(client: InsideClient, execId: string): Promise<number | null> {
  const untilMs = performance.now() + END_MS;
  for (;;) {
    const state = asExecState(await client.execState(execId));
    if (state.Running === false) return null;
    if (performance.now() > untilMs) return state.Pid ?? -1;
    await sleep(POLL_MS);
  }
}

/** The output ends a moment before the engine knows how it ended. */
async function exitCodeOf(client: InsideClient, execId: string): Promise<number | null> {
  await goneOr(client, execId);
  return asExecState(await client.execState(execId)).ExitCode ?? null;
}

function head(bytes: Buffer): string {
  return bytes.toString('latin1', 0, 1_000);
}
