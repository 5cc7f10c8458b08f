import type { Logger } from 'pino';

/** Does `work` now and every `ms`, never twice at a time. What it throws is logged: the next time is the remedy. */
export function every(ms: number, log: Logger, what: string, work: () => Promise<unknown>): { stop(): void } {
  let busy = false;
  const tick = async () => {
    if (busy) return;
    busy = true;
    try {
      await work();
    } catch (error) {
      log.warn({ err: error }, `${what} failed`);
    } finally {
      busy = false;
    }
  };
  void tick();
  const timer = setInterval(() => void tick(), ms);
  return { stop: () => clearInterval(timer) };
}
