import { type ChildProcess, fork } from 'node:child_process';
import { worldError } from '../errors.js';
import type { DrawReply, DrawRequest } from './protocol.js';

/** One life of the drawing child. After an error it is dead or being killed, and not to be asked again. */
export type DrawingChild = {
  readonly pid: number | undefined;
  readonly alive: () => boolean;
  /** The PNG. Throws when the child refuses (it lives on), dies, or `signal` is aborted (it is killed). */
  ask(request: DrawRequest, signal: AbortSignal): Promise<Uint8Array>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
};

/** Enough for a picture (about 60 MB); Skia's own memory is outside of it. */
const HEAP_MB = 256;
/** As much of its last words as helps. */
const MAX_WORDS = 2_000;

/**
 * Starts the entry with an empty environment: no token, no address, nothing to be read from. A source (`npm run dev`) needs the
 * loader that its parent was started with.
 */
export function startChild(entry: string): DrawingChild {
  const loader = entry.endsWith('.ts') ? process.execArgv : [];
  const child = fork(entry, [], {
    env: {},
    execArgv: [...loader, `--max-old-space-size=${HEAP_MB}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = `${words}${chunk}`.slice(-MAX_WORDS);
  });
  let doomed = false;
  const waiting = new Set<(error: Error) => void>();
  const gone = new Promise<void>((resolve) => {
    const die = (error: Error) => {
      doomed = true;
      for (const fail of waiting) fail(error);
      resolve();
    };
    child.once('exit', (code, signal) => die(worldError(`the drawing child ended (${signal ?? code})`, new Error(words))));
    child.once('error', (error) => die(worldError('the drawing child could not be started', error)));
  });
  const end = () => {
    doomed = true;
    child.kill('SIGKILL');
  };

  return {
    pid: child.pid,
    alive: () => !doomed && child.connected,
    async ask(request, signal) {
      const forgets: (() => void)[] = [];
      try {
        return await new Promise<Uint8Array>((resolve, reject) => {
          // No race with one long promise of its death: each would keep its picture for as long as the child lives.
          forgets.push(onAbort(signal, end, reject), onAnswer(child, request, resolve, reject), () => waiting.delete(reject));
          waiting.add(reject);
        });
      } finally {
        for (const forget of forgets) forget();
      }
    },
    async kill() {
      end();
      await gone;
    },
  };
}

type Fail = (error: unknown) => void;

/** Both give a function that stops listening. */
function onAbort(signal: AbortSignal, end: () => void, fail: Fail): () => void {
  const stop = () => {
    end();
    fail(signal.reason);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return () => signal.removeEventListener('abort', stop);
}

function onAnswer(child: ChildProcess, request: DrawRequest, done: (png: Uint8Array) => void, fail: Fail): () => void {
  const hear = (reply: DrawReply) => {
    if (reply.id !== request.id) return;
    if ('png' in reply) done(reply.png);
    else fail(new Error(`the chart was refused: ${reply.refused}`));
  };
  child.on('message', hear);
  child.send(request, (error) => {
    if (error) fail(worldError('the drawing child does not take messages', error));
  });
  return () => child.off('message', hear);
}
