import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InsideCommand } from '../../model/inside.js';
import { type Piece, piecesOf } from './decode-frames.js';
import type { InsideClient } from './inside-client.js';
import { asExecState } from './types.js';

/** Says its own number, in the container's count, and becomes the command: that is what it can be ended by. */
const NUMBERED = ['sh', '-c', 'echo $$; exec "$@"', 'leakwatch'];
/** A command leads a session of its own: all that it began goes with it. */
const END = ['sh', '-c', 'kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2"', 'leakwatch'];
const CTRL_C = '\x03';
const CTRL_BACKSLASH = '\x1c';
const END_MS = 1_500;
const POLL_MS = 50;

export type Late = Promise<'late'>;
export type Running = {
  readonly pieces: AsyncIterable<Piece>;
  readonly exitCode: () => Promise<number | null>;
  /** Ends it; gives the number on its host of what did not go. */
  readonly end: () => Promise<number | null>;
};

export function lateness(signal: AbortSignal): Late {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('late');
    signal.addEventListener('abort', () => resolve('late'), { once: true });
  });
}

/** Starts a command so that it can be ended, and gives what it says. Null: there is no such container, or program. */
export async function startInside(
  client: InsideClient,
  containerId: string,
  { argv, env = {} }: InsideCommand,
  late: Late,
): Promise<Running | null> {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const numbered = await client.exec(containerId, { argv: [...NUMBERED, ...argv], env: variables, tty: false });
  if (numbered) {
    const said = await Promise.race([numberOf(piecesOf(numbered.stream)), late]);
    // Its shell has not begun yet, for want of a processor or of a disk: it may still, and then it is said to have been left.
    if (said === 'late') return { ...{ pieces: none(), exitCode: async () => null }, end: async () => leftOf(numbered) };
    const { number, pieces } = said;
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
      return leftOf(typed);
    },
  };

  async function leftOf({ id, stream }: { readonly id: string; readonly stream: Duplex }): Promise<number | null> {
    stream.destroy();
    return goneOr(client, id);
  }
}

async function* none(): AsyncGenerator<Piece> {}

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

export function head(bytes: Buffer): string {
  return bytes.toString('latin1', 0, 1_000);
}
