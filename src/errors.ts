/**
 * Errors say who must act (design §11). They are decided where they arise and caught at two edges: `slack/edge.ts` and
 * `jobs/edge.ts`. Anything else that is thrown is ours: a bug, answered with a reference id that is in the log.
 */
type Who = 'person' | 'world';

export class LeakwatchError extends Error {
  readonly who: Who;

  constructor(who: Who, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = who === 'person' ? 'PersonError' : 'WorldError';
    this.who = who;
  }
}

/** The person can mend it: the message says how, and is shown to them as it is. */
export function personError(message: string): LeakwatchError {
  return new LeakwatchError('person', message);
}

/** Docker, Prometheus, Redis or Slack did not do as asked: retried, then said. The message is fit for a channel. */
export function worldError(message: string, cause?: unknown): LeakwatchError {
  return new LeakwatchError('world', message, { cause });
}

/** Runs `work` with a deadline; rejects with `worldError(what)` when it has passed. The work is told through the signal. */
export async function withDeadline<T>(ms: number, what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = worldError(`${what}: no answer in ${ms} ms`);
      controller.abort(error);
      reject(error);
    }, ms);
  });
  try {
    return await Promise.race([work(controller.signal), expired]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Ends with `signal`, and after `ms` in any case (`TimeoutError`). Not by `AbortSignal.timeout`: `AbortSignal.any` holds what it is made
 * of by nothing on Node 20, and a timeout that the collector has taken never comes. Here its timer holds it.
 */
export function within(ms: number, signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  setTimeout(() => late.abort(new DOMException(`not done in ${ms} ms`, 'TimeoutError')), ms).unref();
  return AbortSignal.any([signal, late.signal]);
}

/** Waiting does not mend it: the process ends with this sentence (a refused token, a Redis that may throw keys away). */
export class FatalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FatalError';
  }
}
