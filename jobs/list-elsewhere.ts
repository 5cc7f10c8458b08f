import type { KnownElsewhere, LongHistory } from '../src/model/history.js';

/** Shorter than the time between two, so that no minute is left out. */
const TURN_MS = 50_000;

/**
 * One worker a minute: who is known to a metrics server, so that the bot can find services that no agent has. Of an answer in part those that
 * it leaves out are not gone: they stay as they were known.
 */
export function makeListElsewhere(known: KnownElsewhere, history: Pick<LongHistory, 'replicas'>) {
  return async (): Promise<void> => {
    if (!(await known.turn(TURN_MS))) return;
    const { replicas, partial } = await history.replicas(Date.now());
    const before = partial === undefined ? [] : await known.all();
    await known.replace([...new Map([...before, ...replicas].map((one) => [one.key, one])).values()]);
  };
}
