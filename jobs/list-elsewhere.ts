import type { KnownElsewhere, LongHistory } from '../src/model/history.js';

/** Shorter than the time between two, so that no minute is left out. */
const TURN_MS = 50_000;

/** One worker a minute: who is known to a metrics server, so that the bot can find services that no agent has. */
export function makeListElsewhere(known: Pick<KnownElsewhere, 'turn' | 'replace'>, history: Pick<LongHistory, 'replicas'>) {
  return async (): Promise<void> => {
    if (await known.turn(TURN_MS)) await known.replace(await history.replicas(Date.now()));
  };
}
