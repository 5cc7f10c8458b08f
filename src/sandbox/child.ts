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
  let ended = false;
  void gone.then(() => {
    ended = true;
  });

  return {
    pid: child.pid,
    alive: () => !ended && child.connected,
    async ask(request, signal) {
      let stop: (() => void) | undefined;
      const stopped = new Promise<never>((_, reject) => {
        stop = () => {
          child.kill('SIGKILL');
          reject(signal.reason instanceof Error ? signal.reason : worldError('the drawing was stopped'));
        };
        signal.addEventListener('abort', stop, { once: true });
        if (signal.aborted) stop();
      });
      const died = gone.then((error) => {
        throw error;
      });
      const listener: { off: () => void } = { off: () => {} };
      try {
        return await Promise.race([answerOf(child, request, listener), died, stopped]);
      } finally {
        listener.off();
        if (stop) signal.removeEventListener('abort', stop);
      }
    },
    async kill() {
      if (ended) return;
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function answerOf(child: ChildProcess, request: DrawRequest, listener: { off: () => void }): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const hear = (reply: DrawReply) => {
      if (!('id' in reply) || reply.id !== request.id) return;
      if ('png' in reply) resolve(reply.png);
      else reject(new Error(`the chart was refused: ${reply.refused}`));
    };
    listener.off = () => child.off('message', hear);
    child.on('message', hear);
    child.send(request, (error) => {
      if (error) reject(worldError('the drawing child does not take messages', error));
    });
  });
}
