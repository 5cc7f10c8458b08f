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

/** Starts the built entry with an empty environment: no token, no address, nothing to be read from. */
export function startChild(entry: string): DrawingChild {
  const child = fork(entry, [], {
    env: {},
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = `${words}${chunk}`.slice(-MAX_WORDS);
  });
  const gone = new Promise<Error>((resolve) => {
    child.once('exit', (code, signal) => resolve(worldError(`the drawing child ended (${signal ?? code})`, new Error(words))));
    child.once('error', (error) => resolve(worldError('the drawing child could not be started', error)));
  });
  let doomed = false;
  void gone.then(() => {
    doomed = true;
  });
  const died = gone.then((error) => Promise.reject(error));
  died.catch(() => {});
  const end = () => {
    doomed = true;
    child.kill('SIGKILL');
  };

  return {
    pid: child.pid,
    alive: () => !doomed && child.connected,
    async ask(request, signal) {
      const stopped = untilAborted(signal, end);
      const answer = answerOf(child, request);
      try {
        return await Promise.race([answer.png, died, stopped.rejects]);
      } finally {
        answer.forget();
        stopped.forget();
      }
    },
    async kill() {
      end();
      await gone;
    },
  };
}

function untilAborted(signal: AbortSignal, end: () => void): { rejects: Promise<never>; forget(): void } {
  let stop = () => {};
  const rejects = new Promise<never>((_, reject) => {
    stop = () => {
      end();
      reject(signal.reason);
    };
  });
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return { rejects, forget: () => signal.removeEventListener('abort', stop) };
}

function answerOf(child: ChildProcess, request: DrawRequest): { png: Promise<Uint8Array>; forget(): void } {
  let hear = (_reply: DrawReply) => {};
  const png = new Promise<Uint8Array>((resolve, reject) => {
    hear = (reply) => {
      if (reply.id !== request.id) return;
      if ('png' in reply) resolve(reply.png);
      else reject(new Error(`the chart was refused: ${reply.refused}`));
    };
    child.on('message', hear);
    child.send(request, (error) => {
      if (error) reject(worldError('the drawing child does not take messages', error));
    });
  });
  return { png, forget: () => child.off('message', hear) };
}
