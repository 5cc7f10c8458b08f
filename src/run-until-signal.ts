import type { Logger } from 'pino';
import { FatalError } from './errors.js';
import { startWatchdog, WATCHDOG_TIMES } from './watchdog.js';

/** A started role. `failed` rejects when it cannot go on. */
export type Running = { stop(): Promise<void>; readonly failed?: Promise<never> };

/** What is not stopped by then is left to the queue: another worker takes it up. Docker waits for ten seconds before it kills. */
const STOP_DEADLINE_MS = 8_000;

/** Runs a role until SIGTERM or SIGINT, then stops it in good order. A second signal ends it at once. */
export async function runUntilSignal(
  log: Logger,
  start: () => Promise<Running>,
  { stopMs, ...times } = { stopMs: STOP_DEADLINE_MS, ...WATCHDOG_TIMES },
): Promise<void> {
  startWatchdog(String(log.bindings().role), times);
  // Of the second Node makes the first where it is not listened to; and what it prints by itself has secrets in it.
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error) => {
      log.fatal({ err: error }, 'an error that nobody caught: ending, to be started again');
      process.exit(1);
    });
  }
  // Unheard, it opens Node's inspector: who reaches that reads every token.
  process.on('SIGUSR1', () => log.warn('SIGUSR1: no inspector is opened here'));
  const asked = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve(signal);
      });
    }
  });
  // Forked by `leakwatch start`: without the parent there is nobody to end this process.
  const orphaned = new Promise<string>((resolve) => process.once('disconnect', () => resolve('parent gone')));
  const end = Promise.race([asked, orphaned]);
  // Asked to stop before it runs (while it waits for Redis, say) there is nothing to stop in good order.
  const running = await Promise.race([start(), end]);
  if (typeof running === 'string') process.exit(0);
  log.info('running');
  try {
    const why = await Promise.race([end, ...(running.failed ? [running.failed] : [])]);
    log.info({ why }, 'stopping');
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    log.fatal(error.message);
    process.exitCode = 78;
  }
  // What is handed back is nobody's fault.
  setTimeout(() => process.exit(process.exitCode ?? 0), stopMs).unref();
  await running.stop();
  process.exit(process.exitCode ?? 0);
}
