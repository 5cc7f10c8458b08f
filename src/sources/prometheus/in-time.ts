import { LeakwatchError, withDeadline, worldError } from '../../errors.js';

/** An answer waits no longer. */
export const ANSWER_MS = 5_000;

/** With its own sentence: seconds are read more easily than milliseconds. */
export async function inTime<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  let over = false;
  try {
    return await withDeadline(ms, 'Prometheus', async (signal) => {
      signal.addEventListener('abort', () => {
        over = true;
      });
      return work(signal);
    });
  } catch (error) {
    if (over) throw worldError(`Prometheus: no answer in ${ms / 1_000} s`, error);
    throw error instanceof LeakwatchError ? error : worldError('Prometheus: its answer could not be read', error);
  }
}

/** The first of what a server warned of. */
export function partOf(warnings: readonly string[]): { partial?: string } {
  const [first] = warnings;
  return first === undefined ? {} : { partial: first };
}
