import { LeakwatchError } from '../errors.js';
import { isReaderGone } from './results.js';

/** Exit codes of the commands on files. */
export const ANSWERED = 0;
/** Nobody could take the answer (a full disk), or who was asked (Redis, a Prometheus) gave none. */
const NOT_ANSWERED = 1;
export const BAD_INPUT = 2;

/** The exit code that an error means; `say` is told the sentence of one that is the person's or the world's. Ours are thrown on. */
export function exitCodeOf(error: unknown, say: (sentence: string) => void): number {
  if (isReaderGone(error)) return ANSWERED;
  if (!(error instanceof LeakwatchError)) throw error;
  say(`leakwatch: ${error.message}`);
  return error.who === 'person' ? BAD_INPUT : NOT_ANSWERED;
}
