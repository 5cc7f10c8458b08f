import type { Logger } from 'pino';

const SAME_AGAIN_MS = 60_000;

/** Logs an error that a connection repeats at every try: the first, and then one a minute. */
export function warnRarely(log: Logger, what: string, nowMs: () => number = Date.now): (error: Error) => void {
  let saidMs = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (nowMs() - saidMs < SAME_AGAIN_MS) return;
    saidMs = nowMs();
    log.warn({ err: error }, what);
  };
}
