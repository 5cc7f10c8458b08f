import { type ChildProcess, fork } from 'node:child_process';
import type { Writable } from 'node:stream';
import { worldError } from '../errors.js';

/** What a child is for. */
export type Kind<Reply, Answer> = {
  /** 'drawing': for sentences about it. */
  readonly name: string;
  /** Of JavaScript's heap; what lies outside of it (buffers, Skia) the entry has to watch itself. */
  readonly heapMb: number;
  /** It reads its standard input. */
  readonly hasInput?: boolean;
  /** The answer in a reply. Throws where the child refused; it lives on. */
  answerOf(reply: Reply): Answer;
};
type Numbered = { readonly id: number };

/** One life of a child. After an error it is dead or being killed, and not to be asked again. */
export type Child<Request extends Numbered, Answer> = {
  readonly pid: number | undefined;
  readonly alive: () => boolean;
  /** For bytes that are too many for a message. */
  readonly input: Writable | null;
  /** Throws when the child refuses (it lives on), dies, or `signal` is aborted (it is killed). */
  ask(request: Request, signal: AbortSignal): Promise<Answer>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
};

/** As much of its last words as helps. */
const MAX_WORDS = 2_000;

/**
 * Starts the entry with an empty environment: no token, no address, nothing to be read from. A source (`npm run dev`) needs the
 * loader that its parent was started with.
 */
export function startChild<Request extends Numbered, Reply extends Numbered, Answer>(
  entry: string,
  kind: Kind<Reply, Answer>,
): Child<Request, Answer> {
  const loader = entry.endsWith('.ts') ? process.execArgv : [];
  const child = fork(entry, [], {
    env: {},
    execArgv: [...loader, `--max-old-space-size=${kind.heapMb}`],
    serialization: 'advanced',
    stdio: [kind.hasInput ? 'pipe' : 'ignore', 'ignore', 'pipe', 'ipc'],
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
    child.once('exit', (code, signal) => die(worldError(`the ${kind.name} child ended (${signal ?? code})`, new Error(words))));
    child.once('error', (error) => die(worldError(`the ${kind.name} child could not be started`, error)));
  });
  const end = () => {
    doomed = true;
    child.kill('SIGKILL');
  };

  return {
    pid: child.pid,
    alive: () => !doomed && child.connected,
    input: child.stdin,
    async ask(request, signal) {
      const forgets: (() => void)[] = [];
      try {
        return await new Promise<Answer>((resolve, reject) => {
          // No race with one long promise of its death: each would keep its picture for as long as the child lives.
          forgets.push(onAbort(signal, end, reject), onAnswer(child, kind, request, resolve, reject), () =>
            waiting.delete(reject),
          );
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

function onAnswer<Request extends Numbered, Reply extends Numbered, Answer>(
  child: ChildProcess,
  kind: Kind<Reply, Answer>,
  request: Request,
  done: (answer: Answer) => void,
  fail: Fail,
): () => void {
  const hear = (reply: Reply) => {
    if (reply.id !== request.id) return;
    try {
      done(kind.answerOf(reply));
    } catch (error) {
      fail(error);
    }
  };
  child.on('message', hear);
  child.send(request, (error) => {
    if (error) fail(worldError(`the ${kind.name} child does not take messages`, error));
  });
  return () => child.off('message', hear);
}
